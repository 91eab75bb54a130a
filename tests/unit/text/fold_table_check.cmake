# Makes the table anew and compares it with the checked-in one: cmake -DMAKER=... -DTABLE=... -DWORK=... -P this
# Other versions of the libraries give another table; then there is nothing to compare.
set(made ${WORK}/fold_table.made.inc)
execute_process(COMMAND ${MAKER} ${made} COMMAND_ERROR_IS_FATAL ANY)
foreach(file made TABLE)
    file(STRINGS ${${file}} ${file}_versions LIMIT_COUNT 2)
endforeach()
if(NOT made_versions STREQUAL TABLE_versions)
    message("skipped: the table was made with other versions: ${TABLE_versions}")
    return()
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${made} ${TABLE} COMMAND_ERROR_IS_FATAL ANY)
