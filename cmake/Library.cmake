# libmitori: floors 0 to 2 of the house for other programs. One static archive, the headers below include/mitori, a CMake
# package (find_package(mitori), target mitori::mitori) and a pkg-config file. All of it is the install component
# `library`. tests/library installs it and builds examples/library by both ways.
include(CMakePackageConfigHelpers)

set(mitori_library_modules base process cgroup)
add_library(mitori_library STATIC)
foreach(module IN LISTS mitori_library_modules)
    target_sources(mitori_library PRIVATE $<TARGET_OBJECTS:mitori_${module}>)
endforeach()
set_target_properties(mitori_library PROPERTIES OUTPUT_NAME mitori EXPORT_NAME mitori LINKER_LANGUAGE CXX)
target_compile_features(mitori_library INTERFACE cxx_std_23)
target_include_directories(mitori_library INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# What a static archive cannot bring along. fmt is compiled in where base says so (released builds).
set(mitori_needs_fmt YES)
get_target_property(base_links mitori_base LINK_LIBRARIES)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND base_links MATCHES "fmt-header-only")
    set(mitori_needs_fmt NO)
endif()
set(mitori_link_flags "")
if(mitori_needs_fmt)
    target_link_libraries(mitori_library INTERFACE fmt::fmt)
    set(mitori_find_fmt "include(CMakeFindDependencyMacro)\nfind_dependency(fmt)")
    string(APPEND mitori_link_flags " -lfmt")
endif()
if(MITORI_SANITIZE)
    target_link_options(mitori_library INTERFACE -fsanitize=${MITORI_SANITIZE})
    string(APPEND mitori_link_flags " -fsanitize=${MITORI_SANITIZE}")
endif()

set(mitori_package ${CMAKE_INSTALL_LIBDIR}/cmake/mitori)
file(CONFIGURE OUTPUT library/mitoriConfig.cmake @ONLY CONTENT
"@mitori_find_fmt@
include(\"\${CMAKE_CURRENT_LIST_DIR}/mitoriTargets.cmake\")
")
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/library/mitoriConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
# The prefix is where the file lies, so that the folder can be moved.
file(RELATIVE_PATH mitori_up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
file(CONFIGURE OUTPUT library/mitori.pc @ONLY CONTENT
"prefix=\${pcfiledir}/@mitori_up@
Name: mitori
Description: Starts processes, knows them and ends them
Version: @PROJECT_VERSION@
Cflags: -std=c++23 -I\${prefix}/@CMAKE_INSTALL_INCLUDEDIR@
Libs: -L\${prefix}/@CMAKE_INSTALL_LIBDIR@ -lmitori@mitori_link_flags@
")

install(TARGETS mitori_library EXPORT mitoriTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(EXPORT mitoriTargets NAMESPACE mitori:: DESTINATION ${mitori_package} COMPONENT library)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/library/mitoriConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/library/mitoriConfigVersion.cmake
        DESTINATION ${mitori_package} COMPONENT library)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/library/mitori.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
install(CODE "set(source \"${PROJECT_SOURCE_DIR}/src\")
              set(modules ${mitori_library_modules})
              set(include \"${CMAKE_INSTALL_INCLUDEDIR}\")" COMPONENT library)
install(SCRIPT cmake/InstallHeaders.cmake COMPONENT library)
