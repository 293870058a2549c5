# Copies the public headers of `modules` from `source` to <prefix>/`include`/mitori, so that they work for a stranger:
# "base/fd.hpp" becomes <mitori/base/fd.hpp>, and the macro TRY, a name that others may want, MITORI_TRY. mitori.hpp
# includes them all. Run by cmake --install (Library.cmake).
set(target "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${include}/mitori")
# For our own programs only: log.hpp shows fmt to who includes it, raw.hpp is the inside of the child's side.
set(private base/log.hpp base/raw.hpp)
set(all "// All of libmitori. docs/library of the sources shows how it is used.\n#pragma once\n\n")

foreach(module IN LISTS modules)
    file(GLOB headers RELATIVE ${source} ${source}/${module}/*.hpp)
    list(SORT headers)
    list(REMOVE_ITEM headers ${private})
    foreach(header IN LISTS headers)
        file(READ ${source}/${header} text)
        string(REGEX REPLACE "#include \"([a-z]+/[a-z_]+\\.hpp)\"" "#include <mitori/\\1>" text "${text}")
        string(REPLACE "#define TRY(" "#define MITORI_TRY(" text "${text}")
        # Unchanged files keep their time, so that nobody rebuilds for nothing.
        file(CONFIGURE OUTPUT ${target}/${header} CONTENT "${text}" @ONLY)
        string(APPEND all "#include <mitori/${header}>\n")
    endforeach()
endforeach()
file(CONFIGURE OUTPUT ${target}/mitori.hpp CONTENT "${all}" @ONLY)
message(STATUS "Headers: ${target}")
