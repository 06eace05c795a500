# Every third-party part, found once. `./dev` installs them (tools/packages.txt).
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
# libparquet exports an OpenSSL of its own. Debian's comes before it, so that libcurl, libpq, librdkafka and gRPC find
# theirs; Parquet's encryption, which would want the other one, is not used.
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
add_link_options(LINKER:--push-state,--no-as-needed ${OPENSSL_SSL_LIBRARY} ${OPENSSL_CRYPTO_LIBRARY} LINKER:--pop-state)
find_package(ICU 72 REQUIRED COMPONENTS uc i18n data)
find_package(fmt REQUIRED)
find_package(GTest REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(archive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(gmime REQUIRED IMPORTED_TARGET gmime-3.0)
pkg_check_modules(hyperscan REQUIRED IMPORTED_TARGET libhs)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(pugixml REQUIRED IMPORTED_TARGET pugixml)
pkg_check_modules(grpc REQUIRED IMPORTED_TARGET grpc++)
find_package(Protobuf REQUIRED)
find_program(CUSTOS_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET jemalloc)

# Arrow C++ comes inside the pyarrow wheel, since Debian has none (docs/decisions/0002-arrow-from-the-wheel.md).
set(CUSTOS_PYTHON "${CMAKE_SOURCE_DIR}/build/venv/bin/python3" CACHE FILEPATH "Python that has pyarrow")
execute_process(
  COMMAND ${CUSTOS_PYTHON} -c "import pyarrow as p; p.create_library_symlinks(); print(p.get_library_dirs()[0])"
  OUTPUT_VARIABLE pyarrow_folder OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE pyarrow_missing)
if(pyarrow_missing)
  message(FATAL_ERROR "No pyarrow in ${CUSTOS_PYTHON}: run ./dev setup")
endif()
foreach(name arrow parquet)
  add_library(${name} SHARED IMPORTED)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${pyarrow_folder}/lib${name}.so
                        INTERFACE_INCLUDE_DIRECTORIES ${pyarrow_folder}/include)
endforeach()

# librdkafka comes inside the confluent-kafka wheel, for Debian's cannot SCRAM with Kafka 4; its headers are Debian's
# (docs/decisions/0013-librdkafka-from-the-wheel.md).
execute_process(
  COMMAND ${CUSTOS_PYTHON} -c "import importlib.metadata as m; print(next(f.locate() for f in m.files('confluent-kafka') if f.name.startswith('librdkafka')))"
  OUTPUT_VARIABLE rdkafka_file OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE rdkafka_missing)
if(rdkafka_missing)
  message(FATAL_ERROR "No librdkafka of confluent-kafka in ${CUSTOS_PYTHON}: run ./dev setup")
endif()
find_path(rdkafka_headers librdkafka/rdkafka.h REQUIRED)
add_library(rdkafka SHARED IMPORTED)
set_target_properties(rdkafka PROPERTIES IMPORTED_LOCATION ${rdkafka_file}
                      INTERFACE_INCLUDE_DIRECTORIES ${rdkafka_headers})
set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS tools/requirements.txt)
