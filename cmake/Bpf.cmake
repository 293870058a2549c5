# mitori_bpf(): the witness's kernel side (src/witness/bpf), compiled by clang and put into the program as bytes. Where
# clang or libbpf's headers are missing, the build goes on without and says so; `mitori record --host` says it, too.
# At run time libbpf.so.1 is looked for when it is needed.
function(mitori_bpf)
    set(folder ${CMAKE_CURRENT_SOURCE_DIR}/witness)
    find_program(MITORI_BPF_CLANG NAMES clang-19 clang-18 clang-17 clang-16 clang-15 clang-14 clang)
    find_path(MITORI_BPF_HEADERS bpf/libbpf.h)
    if(NOT MITORI_BPF_CLANG OR NOT MITORI_BPF_HEADERS)
        message(STATUS "Without BPF: clang or libbpf-dev is missing (tools/install-deps installs both)")
        set_source_files_properties(${folder}/detail/bpf_source.cpp ${folder}/detail/bpf_library.cpp
            ${folder}/detail/bpf_object.cpp PROPERTIES HEADER_FILE_ONLY ON)
        return()
    endif()
    set_source_files_properties(${folder}/detail/bpf_absent.cpp PROPERTIES HEADER_FILE_ONLY ON)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/witness.bpf.o)
    # v3: with 32-bit comparisons, without which the verifier does not see what the bounds are (Linux 5.1).
    add_custom_command(OUTPUT ${object}
        COMMAND ${MITORI_BPF_CLANG} -target bpf -mcpu=v3 -O2 -g -Wall -Werror -I${MITORI_BPF_HEADERS} -I${CMAKE_CURRENT_SOURCE_DIR}
                -c ${folder}/bpf/witness.bpf.c -o ${object}
        DEPENDS ${folder}/bpf/witness.bpf.c ${folder}/bpf/kernel.h ${folder}/detail/bpf_record.h
        COMMENT "Compiling the witness's kernel side" VERBATIM)
    add_custom_target(mitori_bpf_object DEPENDS ${object})
    add_dependencies(mitori_witness mitori_bpf_object)
    set_source_files_properties(${folder}/detail/bpf_object.cpp PROPERTIES
        COMPILE_DEFINITIONS MITORI_BPF_OBJECT="${object}" OBJECT_DEPENDS ${object})
endfunction()
