# One interface target that every target of ours links: warnings, sanitizers, include root.
add_library(mitori_options INTERFACE)
target_include_directories(mitori_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(mitori_options INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Werror
    # Designated initialisers that leave defaults out are the way options are passed here.
    -Wno-missing-field-initializers
    # libstdc++ 12's own std::stable_sort uses what it calls deprecated; clang says so of who calls it.
    $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
target_compile_definitions(mitori_options INTERFACE _GNU_SOURCE MITORI_VERSION="${PROJECT_VERSION}")

if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_definitions(mitori_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(MITORI_SANITIZE)
    target_compile_options(mitori_options INTERFACE -fsanitize=${MITORI_SANITIZE} -fno-omit-frame-pointer
                                                    -fno-sanitize-recover=all)
    target_link_options(mitori_options INTERFACE -fsanitize=${MITORI_SANITIZE})
endif()
