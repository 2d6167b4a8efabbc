# The files as they were installed into a folder of CPack's -> a tarball to unpack anywhere.
set(folder "${CPACK_TEMPORARY_DIRECTORY}")
set(tarball "${CPACK_PACKAGE_DIRECTORY}/${CPACK_PACKAGE_FILE_NAME}.tar.xz")
file(REMOVE ${folder}/share/doc/otpedit/changelog.Debian.gz)
set(when "@0")
if(DEFINED ENV{SOURCE_DATE_EPOCH})
	set(when "@$ENV{SOURCE_DATE_EPOCH}")
endif()
execute_process(COMMAND tar --create --xz --file ${tarball} --sort=name --mtime=${when}
		--owner=0 --group=0 --numeric-owner --mode=u+w,go-w --format=gnu
		--transform "s,^[.],${CPACK_PACKAGE_FILE_NAME}," --directory ${folder} .
	COMMAND_ERROR_IS_FATAL ANY)
