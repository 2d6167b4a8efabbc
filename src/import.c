#include "src/import.h"

#include "src/store.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status import_file(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err)
{
	uint8_t *bytes;
	enum status status = store_read(&bytes, length, path, 1024 * 1024, err);
	if (status != OK)
		return status;
	if (*length == 0)
		status = errbuf_set(err, ERR_USAGE, "'%s' is empty", path);
	else if (*length > IMPORT_MAX_BYTES)
		status = errbuf_set(err, ERR_USAGE,
			"'%s' has %zu bytes: at most %d are taken at once", path, *length,
			IMPORT_MAX_BYTES);
	else
		memcpy(out, bytes, *length);
	free(bytes);
	return status;
}

enum status import_text(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *text, struct errbuf *err)
{
	*length = strlen(text);
	if (*length == 0 || *length > IMPORT_MAX_BYTES)
		return errbuf_set(err, ERR_USAGE, "a text has 1 to %d bytes", IMPORT_MAX_BYTES);
	memcpy(out, text, *length);
	return OK;
}

enum status import_mac(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *text, struct errbuf *err)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	unsigned sum = 0;
	for (size_t i = 0; i < 6; i++) {
		const char *pair = text + 3 * i;
		bool good = strlen(text) == 17 && strspn(pair, digits) == 2 &&
			    (i == 5 || (pair[2] == text[2] && (pair[2] == ':' || pair[2] == '-')));
		if (!good)
			return errbuf_set(err, ERR_USAGE,
				"'%s' is not an address like 00:80:e1:42:48:e4", text);
		out[i] = (uint8_t)strtoul(pair, NULL, 16);
		sum += out[i];
	}
	if (sum == 0 || (out[0] & 1))
		return errbuf_set(err, ERR_USAGE, "'%s' is not the address of one interface: %s",
			text, sum == 0 ? "it is all zero" : "it is a group address");
	*length = 6;
	return OK;
}

/* --- public keys --- */

/* X and Y, 32 bytes each, of an uncompressed point. */
static enum status raw_point(
	uint8_t point[64], const EVP_PKEY *key, const char *path, struct errbuf *err)
{
	char curve[64] = "";
	unsigned char encoded[80];
	size_t size = 0;
	bool is_ec = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
		     EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL) == 1;
	bool known = is_ec &&
		     (strcmp(curve, "prime256v1") == 0 || strcmp(curve, "brainpoolP256r1") == 0);
	if (!known)
		return errbuf_set(err, ERR_USAGE,
			"the key in '%s' is %s: the ROM code takes ECDSA keys on prime256v1 or "
			"brainpoolP256r1",
			path, is_ec ? curve : "not an elliptic-curve key");
	if (EVP_PKEY_get_octet_string_param(
		    key, OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded, &size) != 1 ||
		size != 65 || encoded[0] != 4)
		return errbuf_set(
			err, ERR_FORMAT, "the public point in '%s' cannot be taken apart", path);
	memcpy(point, encoded + 1, 64);
	return OK;
}

enum status import_pem(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err)
{
	uint8_t *text, point[64];
	size_t size;
	enum status status = store_read(&text, &size, path, 64 * 1024, err);
	if (status != OK)
		return status;
	BIO *memory = BIO_new_mem_buf(text, (int)size);
	EVP_PKEY *key = memory ? PEM_read_bio_PUBKEY(memory, NULL, NULL, NULL) : NULL;
	if (!key)
		status = errbuf_set(err, ERR_FORMAT,
			"there is no PEM public key in '%s' (for a private key: openssl pkey -in F "
			"-pubout)",
			path);
	if (status == OK)
		status = raw_point(point, key, path, err);
	unsigned digest = 0;
	if (status == OK && EVP_Digest(point, sizeof point, out, &digest, EVP_sha256(), NULL) != 1)
		status = errbuf_set(err, ERR_MEMORY, "no SHA-256 in libcrypto");
	*length = digest;
	EVP_PKEY_free(key);
	BIO_free(memory);
	free(text);
	return status;
}
