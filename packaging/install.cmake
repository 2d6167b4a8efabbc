# What is installed besides the program, and the packages that are made of it: scripts/package.
include_guard(GLOBAL)
set(doc ${CMAKE_INSTALL_DATADIR}/doc/otpedit)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
	OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# Compressed, as Debian wants them, and without a time in them.
find_program(GZIP gzip)
set(compressed "")
function(compress output input)
	add_custom_command(OUTPUT ${output} COMMAND ${GZIP} -9nc ${input} > ${output}
		DEPENDS ${input} VERBATIM)
	set(compressed ${compressed} ${output} PARENT_SCOPE)
endfunction()

# --- manual pages; without gzip as they are
file(GLOB pages CONFIGURE_DEPENDS man/*.[1-8])
foreach(page IN LISTS pages)
	get_filename_component(name ${page} NAME)
	string(REGEX MATCH "[1-8]$" section ${name})
	if(GZIP)
		compress(${CMAKE_CURRENT_BINARY_DIR}/man/${name}.gz ${page})
		set(page ${CMAKE_CURRENT_BINARY_DIR}/man/${name}.gz)
	endif()
	install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()

# --- where each shell looks by itself
install(FILES completions/otpedit.bash RENAME otpedit
	DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
set(zsh_folder site-functions)
if(EXISTS /etc/debian_version)
	set(zsh_folder vendor-completions)
endif()
install(FILES completions/_otpedit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/${zsh_folder})
install(FILES completions/otpedit.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# --- udev looks into lib alone, whatever ${CMAKE_INSTALL_LIBDIR} is
install(FILES udev/60-otpedit.rules DESTINATION lib/udev/rules.d)
install(FILES packaging/otpedit.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)

# --- built into the program, too: to read, and to begin one's own with
install(FILES ${THEME_FILES} DESTINATION ${CMAKE_INSTALL_DATADIR}/otpedit/themes)
install(FILES ${CHIP_FILES} DESTINATION ${CMAKE_INSTALL_DATADIR}/otpedit/chips)

# --- licence and changes, as Debian has them
file(STRINGS LICENSE licence)
set(LICENCE_TEXT "")
foreach(line IN LISTS licence)
	if(line STREQUAL "")
		set(line ".")
	endif()
	if(line MATCHES "^Copyright \\(c\\) (.*)")
		set(LICENCE_HOLDER "${CMAKE_MATCH_1}")
	elseif(NOT line STREQUAL "MIT License" AND NOT (LICENCE_TEXT STREQUAL "" AND line STREQUAL "."))
		string(APPEND LICENCE_TEXT " ${line}\n")
	endif()
endforeach()
set(PACKAGE_CONTACT "the otpedit developers <otpedit@otpedit.invalid>" CACHE STRING
	"who answers for the packages: name and address")
string(TIMESTAMP CHANGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC) # heeds SOURCE_DATE_EPOCH
set(DEBIAN_RELEASE 0upstream1)
configure_file(packaging/copyright.in copyright @ONLY)
configure_file(packaging/changelog.in changelog.Debian @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/copyright DESTINATION ${doc})
if(GZIP)
	compress(${CMAKE_CURRENT_BINARY_DIR}/changelog.gz ${PROJECT_SOURCE_DIR}/CHANGELOG.md)
	compress(${CMAKE_CURRENT_BINARY_DIR}/changelog.Debian.gz
		${CMAKE_CURRENT_BINARY_DIR}/changelog.Debian)
	install(FILES ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz
		${CMAKE_CURRENT_BINARY_DIR}/changelog.Debian.gz DESTINATION ${doc})
	add_custom_target(documents ALL DEPENDS ${compressed})
endif()

set(CPACK_GENERATOR DEB External)
set(CPACK_PACKAGE_VENDOR "the otpedit developers")
set(CPACK_PACKAGE_CONTACT "${PACKAGE_CONTACT}")
set(CPACK_PACKAGE_FILE_NAME otpedit-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/staged.cmake)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
# CPack's own tarballs hold the files as the folder lists them, which no two disks do alike.
set(CPACK_EXTERNAL_ENABLE_STAGING ON)
set(CPACK_EXTERNAL_PACKAGE_SCRIPT ${PROJECT_SOURCE_DIR}/packaging/tarball.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# Older than what Debian itself may make of this version.
set(CPACK_DEBIAN_PACKAGE_RELEASE ${DEBIAN_RELEASE})
set(CPACK_DEBIAN_PACKAGE_SECTION electronics)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libssl3") # loaded by name, for public keys alone
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "editor for the OTP fuses of STM32MP boards")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Shows what the one-time programmable words of an STM32MP board hold and
mean, collects changes without burning anything, says exactly what they
would do, and burns them only once they are confirmed, pass by pass, each
read back and proved. Reaches boards over USB (DFU) and serial lines, and
brings simulated boards of every family to practise on.")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
