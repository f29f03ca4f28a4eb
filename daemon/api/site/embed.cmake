# Writes a source with what site.h declares: cmake -D OUT=FILE -P embed.cmake

set(source "#include \"daemon/api/site/site.h\"\n\nnamespace jobsched {\n")
set(functions openapi_document api_page)
set(files openapi.json page.html)
foreach(function file IN ZIP_LISTS functions files)
  file(READ "${CMAKE_CURRENT_LIST_DIR}/${file}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND source "\nstd::string_view ${function}() {\n"
    "  static constexpr char kBytes[] = {${bytes}};\n  return {kBytes, sizeof kBytes};\n}\n")
endforeach()
file(WRITE "${OUT}" "${source}\n}  // namespace jobsched\n")
