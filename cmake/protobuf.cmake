# custos_protobuf(NAME FILE.proto): the gRPC client of a .proto file as the library NAME. Generated code is nobody's to
# read: without warnings and sanitizers, and quick to compile.
function(custos_protobuf name file)
  get_filename_component(base ${file} NAME_WE)
  get_filename_component(folder ${CMAKE_SOURCE_DIR}/${file} DIRECTORY)
  set(out ${CMAKE_BINARY_DIR}/generated/${name})
  file(MAKE_DIRECTORY ${out})
  set(made ${out}/${base}.pb.cc ${out}/${base}.pb.h ${out}/${base}.grpc.pb.cc ${out}/${base}.grpc.pb.h)
  add_custom_command(
    OUTPUT ${made}
    COMMAND protobuf::protoc --cpp_out=${out} --grpc_out=${out} --plugin=protoc-gen-grpc=${CUSTOS_GRPC_CPP_PLUGIN}
            -I ${folder} ${CMAKE_SOURCE_DIR}/${file}
    DEPENDS ${CMAKE_SOURCE_DIR}/${file} VERBATIM)
  add_library(${name} STATIC ${made})
  target_compile_options(${name} PRIVATE -w -Wno-error -O0 -g0 $<$<CONFIG:Release>:-O1>)
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_link_libraries(${name} PUBLIC PkgConfig::grpc protobuf::libprotobuf)
endfunction()
