// System OpenSSL for Swift: what the importer cannot see (variadics, function-like macros, typed stacks).
#pragma once
#include <string.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static inline EVP_PKEY *cossl_keygen_ed25519(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }
static inline EVP_PKEY *cossl_keygen_p256(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"); }
static inline long cossl_bio_mem(BIO *b, char **p) { return BIO_get_mem_data(b, p); }

// X.509: typed stacks and composed flags are invisible to the importer.
static inline int cossl_mbstring_utf8(void) { return MBSTRING_UTF8; }
static inline unsigned long cossl_verify_partial_chain(void) { return X509_V_FLAG_PARTIAL_CHAIN; }
static inline unsigned long cossl_verify_crl(void) { return X509_V_FLAG_CRL_CHECK; }
// One line, RFC 2253 with control characters escaped and UTF-8 kept.
static inline int cossl_name_print(BIO *b, const X509_NAME *n) {
    return X509_NAME_print_ex(b, n, 0, (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) | ASN1_STRFLGS_UTF8_CONVERT) >= 0;
}
// NULL also when the extension is absent, twice there, or malformed.
static inline GENERAL_NAMES *cossl_alternative_names(const X509 *x) {
    return X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
}
static inline int cossl_alternative_names_count(const GENERAL_NAMES *g) { return sk_GENERAL_NAME_num(g); }
// The bytes of a URI name; NULL for a name of another type.
static inline const unsigned char *cossl_uri_name(const GENERAL_NAMES *g, int i, int *length) {
    const GENERAL_NAME *e = sk_GENERAL_NAME_value(g, i);
    if (!e || e->type != GEN_URI) return NULL;
    *length = ASN1_STRING_length(e->d.uniformResourceIdentifier);
    return ASN1_STRING_get0_data(e->d.uniformResourceIdentifier);
}
static inline int cossl_revoked_count(X509_CRL *c) {
    STACK_OF(X509_REVOKED) *s = X509_CRL_get_REVOKED(c);
    return s ? sk_X509_REVOKED_num(s) : 0;
}
static inline const ASN1_INTEGER *cossl_revoked_serial(X509_CRL *c, int i) {
    return X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(X509_CRL_get_REVOKED(c), i));
}
// For the PEM readers: OpenSSL's own callback would ask for a passphrase on the terminal.
static inline int cossl_no_passphrase(char *buf, int size, int rwflag, void *u) { return -1; }
static inline X509 *cossl_read_certificate(BIO *b) { return PEM_read_bio_X509(b, NULL, cossl_no_passphrase, NULL); }
static inline X509_CRL *cossl_read_crl(BIO *b) { return PEM_read_bio_X509_CRL(b, NULL, cossl_no_passphrase, NULL); }
static inline EVP_PKEY *cossl_read_private_key(BIO *b) {
    return PEM_read_bio_PrivateKey(b, NULL, cossl_no_passphrase, NULL);
}
