#include "src/import.h"
#include "src/libcrypto.h"
#include "src/partition.h"
#include "src/store.h"

#include <openssl/core_names.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The numbers are those of signed images' headers (TF-A plat/st/stm32mp1/include/boot_api.h). */
static const struct {
	const char *name;
	uint32_t number;
} curves[] = {{"prime256v1", 1}, {"brainpoolP256t1", 2}};

static enum status find_curve(uint32_t *number, const struct libcrypto *ssl, const EVP_PKEY *key,
	const char *path, struct errbuf *err)
{
	char curve[64] = "";
	bool is_ec = ssl->EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
		     ssl->EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL) == 1;
	for (size_t i = 0; is_ec && i < sizeof curves / sizeof *curves; i++)
		if (strcmp(curve, curves[i].name) == 0) {
			*number = curves[i].number;
			return OK;
		}
	return errbuf_set(err, ERR_USAGE,
		"the key in '%s' is %s: the ROM code checks ECDSA keys on prime256v1 or "
		"brainpoolP256t1 only",
		path, is_ec ? curve : "not one on a named elliptic curve");
}

/* X and Y, 32 bytes each, however the point was encoded in the file. */
static bool raw_point(uint8_t point[64], const struct libcrypto *ssl, const EVP_PKEY *key)
{
	BIGNUM *x = NULL, *y = NULL;
	bool good = ssl->EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
		    ssl->EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
		    ssl->BN_bn2binpad(x, point, 32) == 32 &&
		    ssl->BN_bn2binpad(y, point + 32, 32) == 32;
	ssl->BN_free(x);
	ssl->BN_free(y);
	return good;
}

/* The only public key in the text, the caller's; NULL: none, or more than one. */
static EVP_PKEY *only_pem_key(const struct libcrypto *ssl, const uint8_t *text, size_t size,
	const char *path, struct errbuf *err)
{
	char no_phrase[] = ""; /* without one, libcrypto would ask at the terminal */
	BIO *memory = ssl->BIO_new_mem_buf(text, (int)size);
	EVP_PKEY *key = memory ? ssl->PEM_read_bio_PUBKEY(memory, NULL, NULL, no_phrase) : NULL;
	EVP_PKEY *more = key ? ssl->PEM_read_bio_PUBKEY(memory, NULL, NULL, no_phrase) : NULL;
	if (!key)
		errbuf_set(err, ERR_FORMAT,
			"there is no PEM public key in '%s', nor a DER one (for a private key: "
			"openssl pkey -in F -pubout)",
			path);
	if (more) {
		errbuf_set(err, ERR_FORMAT,
			"there is more than one public key in '%s': leave the one to be hashed",
			path);
		ssl->EVP_PKEY_free(key);
		key = NULL;
	}
	ssl->EVP_PKEY_free(more);
	ssl->BIO_free(memory);
	ssl->ERR_clear_error();
	return key;
}

/* The key of a DER file, which holds nothing else; NULL: not so. */
static EVP_PKEY *only_der_key(const struct libcrypto *ssl, const uint8_t *bytes, size_t size)
{
	const unsigned char *end = bytes;
	EVP_PKEY *key = ssl->d2i_PUBKEY(NULL, &end, (long)size);
	if (key && end != bytes + size) {
		ssl->EVP_PKEY_free(key);
		key = NULL;
	}
	ssl->ERR_clear_error();
	return key;
}

/* One public key: the number of its curve, then X and Y, as later families hash it. */
#define KEY_BYTES 68

static enum status key_in(uint8_t out[KEY_BYTES], const uint8_t *bytes, size_t size,
	const char *name, struct errbuf *err)
{
	struct libcrypto loaded;
	const struct libcrypto *ssl = &loaded;
	enum status status = libcrypto_load(&loaded, err);
	if (status != OK)
		return status;
	EVP_PKEY *key = only_der_key(ssl, bytes, size);
	if (!key)
		key = only_pem_key(ssl, bytes, size, name, err);
	if (!key)
		return ERR_FORMAT;
	uint32_t curve = 0;
	status = find_curve(&curve, ssl, key, name, err);
	if (status == OK && !raw_point(out + 4, ssl, key))
		status = errbuf_set(
			err, ERR_FORMAT, "the public point in '%s' cannot be taken apart", name);
	word_to_bytes(out, curve);
	ssl->EVP_PKEY_free(key);
	return status;
}

static enum status read_key(uint8_t out[KEY_BYTES], const char *path, struct errbuf *err)
{
	uint8_t *bytes;
	size_t size;
	enum status status = store_read(&bytes, &size, path, IMPORT_KEY_FILE_MAX, err);
	if (status != OK)
		return status;
	status = key_in(out, bytes, size, path, err);
	free(bytes);
	return status;
}

enum status import_pem_text(uint8_t out[IMPORT_MAX_BYTES], size_t *length, const uint8_t *text,
	size_t size, const char *name, struct errbuf *err)
{
	uint8_t key[KEY_BYTES];
	enum status status = key_in(key, text, size, name, err);
	if (status != OK)
		return status;
	store_sha256(out, key + 4, sizeof key - 4);
	*length = IMPORT_HASH_BYTES;
	return OK;
}

enum status import_pem(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err)
{
	uint8_t *text;
	size_t size;
	enum status status = store_read(&text, &size, path, IMPORT_KEY_FILE_MAX, err);
	if (status != OK)
		return status;
	status = import_pem_text(out, length, text, size, path, err);
	free(text);
	return status;
}

enum status import_pem_table(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *paths, struct errbuf *err)
{
	uint8_t table[IMPORT_TABLE_KEYS][IMPORT_HASH_BYTES];
	size_t count = 0;
	for (const char *at = paths; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		count++;
	if (count != IMPORT_TABLE_KEYS)
		return errbuf_set(err, ERR_USAGE,
			"this family hashes a table of %d keys, and here %zu %s named: pem:A,B,… "
			"with all of them in the table's order, or keyhash:F with the signing "
			"tool's publicKeysHashHashes.bin",
			IMPORT_TABLE_KEYS, count, count == 1 ? "is" : "are");
	const char *at = paths;
	for (size_t i = 0; i < count; i++) {
		char path[STORE_PATH_MAX];
		uint8_t key[KEY_BYTES];
		size_t size = strcspn(at, ",");
		if (size == 0 || size >= sizeof path)
			return errbuf_set(err, ERR_USAGE, "key %zu has no path", i);
		memcpy(path, at, size);
		path[size] = '\0';
		at += size + 1;
		enum status status = read_key(key, path, err);
		if (status != OK)
			return status;
		store_sha256(table[i], key, sizeof key);
	}
	store_sha256(out, table, sizeof table);
	*length = IMPORT_HASH_BYTES;
	return OK;
}
