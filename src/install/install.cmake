# What `cmake --install` puts where, and the packages that cpack makes of it.
include(CMakePackageConfigHelpers)

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dedup)
set(install_dir ${CMAKE_CURRENT_BINARY_DIR}/install)

install(TARGETS dedup EXPORT dedup-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/dedup DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")
install(EXPORT dedup-targets NAMESPACE dedup:: FILE dedupTargets.cmake DESTINATION ${config_dir})

configure_package_config_file(install/dedupConfig.cmake.in ${install_dir}/dedupConfig.cmake
                              INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(${install_dir}/dedupConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${install_dir}/dedupConfig.cmake ${install_dir}/dedupConfigVersion.cmake DESTINATION ${config_dir})

# The .pc file finds its prefix by its own place, so that an installed tree can be moved. What a static libdedup uses
# stands in the public fields: `--static` would also pull in what the shared libraries of the system use themselves.
# Some systems have iconv(3) apart.
file(RELATIVE_PATH pc_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" pc_prefix ${pc_prefix})
set(pc_uses " -lbz2 -lm -pthread")
if(NOT Iconv_IS_BUILT_IN)
    string(APPEND pc_uses " -liconv")
endif()
if(BUILD_SHARED_LIBS)
    set(pc_private .private)
    set(pc_libs_private ${pc_uses})
else()
    set(pc_libs ${pc_uses})
endif()
configure_file(install/dedup.pc.in ${install_dir}/dedup.pc @ONLY)
install(FILES ${install_dir}/dedup.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(TARGETS dedup_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
get_target_property(documents dedup_documents DEDUP_FOLDER)
install(FILES ${documents}/dedup.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${documents}/dedup.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME dedup)
install(FILES ${documents}/_dedup DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${documents}/dedup.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# The rule packs are inside the library; these copies are for people to read and to start their own from.
if(IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/clean/packs)
    install(DIRECTORY clean/packs/ DESTINATION ${CMAKE_INSTALL_DATADIR}/dedup/packs)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

set(CPACK_GENERATOR TGZ)
find_program(DPKG_SHLIBDEPS dpkg-shlibdeps)
mark_as_advanced(DPKG_SHLIBDEPS)
if(DPKG_SHLIBDEPS)
    list(APPEND CPACK_GENERATOR DEB)
endif()
set(CPACK_PACKAGE_VENDOR "dedup")
set(CPACK_PACKAGE_CONTACT "dedup maintainers <dedup@localhost>")
set(CPACK_PACKAGE_FILE_NAME "dedup-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGE_DESCRIPTION
    "dedup turns a scraped directory, or a stream of JSON Lines, into a clean, duplicate-free one and says exactly what it
did. Chinese, simplified and traditional, in any encoding, is the first-class case; other languages work. The package
holds the command and the library with its headers.")
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
                                                WORLD_EXECUTE)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION text)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libpcre2-dev, libzstd-dev, liblz4-dev, zlib1g-dev, liblzma-dev, libbz2-dev")
include(CPack)
