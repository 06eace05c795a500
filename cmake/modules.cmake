# custos_module(NAME [FLAT] USES module… LINKS library…): src/NAME as a library custos_NAME, its *_test.cc as one test
# program NAME_test, and each *_fuzz.cc as a program of its own: libFuzzer's when CUSTOS_FUZZ is on, else a short run.
# SERVICES: some of its tests talk to real servers, where CUSTOS_TEST_… names them, and skip where not.
# Its *_bench.cc are programs that are only built when asked for. FLAT: without its subfolders. A
# slash in NAME becomes an underscore: stage/parse is custos_stage_parse.
option(CUSTOS_FUZZ "build the fuzzers (needs clang)" OFF)

# The short runs of the fuzzers: built for tests, not with every build.
add_custom_target(fuzz_smoke)

add_library(custos_options INTERFACE)
target_compile_options(custos_options INTERFACE -fno-semantic-interposition -Wall -Wextra -Wshadow -Wnon-virtual-dtor
                       -Wno-missing-field-initializers
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)  # GCC 12 warns of its own std::string, GCC bug 105651
target_include_directories(custos_options INTERFACE ${CMAKE_SOURCE_DIR}/src)

function(custos_module folder)
  cmake_parse_arguments(ARG "FLAT;SERVICES" "" "USES;LINKS" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  if(ARG_FLAT)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cc)
  else()
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cc)
  endif()
  set(tests ${sources})
  set(fuzzers ${sources})
  set(benches ${sources})
  list(FILTER benches INCLUDE REGEX "_bench\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")
  list(TRANSFORM ARG_USES PREPEND custos_)
  if(sources)
    add_library(custos_${name} STATIC ${sources})
    target_link_libraries(custos_${name} PUBLIC custos_options ${ARG_USES} ${ARG_LINKS})
  else()
    add_library(custos_${name} INTERFACE)
    target_link_libraries(custos_${name} INTERFACE custos_options ${ARG_USES} ${ARG_LINKS})
  endif()
  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE custos_${name} GTest::gtest_main GTest::gmock)
    target_compile_definitions(${name}_test PRIVATE CUSTOS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name}_test COMMAND ${name}_test)
    if(ARG_SERVICES)
      set_tests_properties(${name}_test PROPERTIES LABELS services)
    endif()
  endif()
  foreach(bench ${benches})
    get_filename_component(program ${bench} NAME_WE)
    add_executable(${program} EXCLUDE_FROM_ALL ${bench})
    target_link_libraries(${program} PRIVATE custos_${name})
  endforeach()
  foreach(fuzzer ${fuzzers})
    get_filename_component(program ${fuzzer} NAME_WE)
    if(CUSTOS_FUZZ)
      add_executable(${program} ${fuzzer})
      target_link_libraries(${program} PRIVATE custos_${name} -fsanitize=fuzzer)
    else()
      add_executable(${program} EXCLUDE_FROM_ALL ${fuzzer} ${CMAKE_SOURCE_DIR}/tools/fuzz_smoke.cc)
      target_link_libraries(${program} PRIVATE custos_${name})
      add_dependencies(fuzz_smoke ${program})
      add_test(NAME ${program} COMMAND ${program} 2 ${CMAKE_SOURCE_DIR}/samples)
    endif()
  endforeach()
endfunction()

# custos_program(NAME USES module… LINKS library…): app/*.cc as the program NAME, its *_test.cc as app_test, and the
# end-to-end cases.
function(custos_program name)
  cmake_parse_arguments(ARG "" "" "USES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/app/*.cc)
  set(tests ${sources})
  set(main ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER main INCLUDE REGEX "/main\\.cc$")
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  list(TRANSFORM ARG_USES PREPEND custos_)
  add_library(custos_app STATIC ${sources})
  target_include_directories(custos_app PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(custos_app PUBLIC custos_options ${ARG_USES} ${ARG_LINKS})
  target_compile_definitions(custos_app PUBLIC CUSTOS_VERSION="${PROJECT_VERSION}" CUSTOS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_executable(${name} ${main})
  target_link_libraries(${name} PRIVATE custos_app)
  # The sanitizers bring heaps of their own. docs/decisions/0010-jemalloc.md says why there is one at all.
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_sources(${name} PRIVATE app/heap/heap.cc)
    target_link_libraries(${name} PRIVATE PkgConfig::jemalloc)
  endif()
  add_executable(app_test ${tests})
  target_link_libraries(app_test PRIVATE custos_app GTest::gtest_main GTest::gmock)
  add_test(NAME app_test COMMAND app_test)
  add_test(NAME cases COMMAND ${CUSTOS_PYTHON} ${CMAKE_SOURCE_DIR}/tools/run_cases.py $<TARGET_FILE:${name}>
                              ${CMAKE_SOURCE_DIR}/cases)
  add_test(NAME cluster_cases COMMAND ${CUSTOS_PYTHON} ${CMAKE_SOURCE_DIR}/tools/run_cases.py $<TARGET_FILE:${name}>
                                      ${CMAKE_SOURCE_DIR}/cases/cluster)
  add_test(NAME simulate_scale COMMAND ${CUSTOS_PYTHON} ${CMAKE_SOURCE_DIR}/tools/simulate_scale.py --check)
  add_test(NAME kill_cluster_short COMMAND ${CUSTOS_PYTHON} ${CMAKE_SOURCE_DIR}/tools/kill_cluster.py
                                           $<TARGET_FILE:${name}> 12 --messages 1200 --every 2)
  set_tests_properties(cluster_cases kill_cluster_short PROPERTIES LABELS services)
  set_tests_properties(kill_cluster_short PROPERTIES SKIP_RETURN_CODE 77)
  add_test(NAME bench_short COMMAND ${CUSTOS_PYTHON} ${CMAKE_SOURCE_DIR}/tools/bench_ingest.py $<TARGET_FILE:${name}>
                                    --messages 300 --rounds 1 --made)
endfunction()
