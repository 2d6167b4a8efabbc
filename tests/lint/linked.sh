#!/bin/sh
# What the program is linked with is loaded at every start, and paid for then: these libraries, and no
# others. What is wanted rarely, and loads slowly, is loaded when it is wanted (src/libcrypto.h).
set -u
known=' libncursesw libtinfo libm libinih libjansson libmd libusb-1.0 libserialport libc ld-linux-x86-64 '
readelf -dW "$3" >"$2/linked.txt" || exit 2
names=$(sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*\].*/\1/p' "$2/linked.txt")
case $names in
*libc*) ;;
*)
	echo "'$3' does not tell what it needs"
	exit 1
	;;
esac
failed=0
for name in $names; do
	case $known in
	*" $name "*) ;;
	*)
		echo "loaded at every start, too: $name"
		failed=1
		;;
	esac
done
exit $failed
