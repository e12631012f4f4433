/* SPDX-License-Identifier: MIT */
/* Private keys: what is read and what is not, and signatures that OpenSSL confirms. */
#include "pkey_forge.h"

#include <openssl/x509.h>

static const int algs[] = {ARMALO_I_ALG_EDDSA, ARMALO_I_ALG_ES256, ARMALO_I_ALG_ES384, ARMALO_I_ALG_PS256};
#define ALGS ((int)(sizeof algs / sizeof algs[0]))

static armalo_i_private_key key;
static armalo_i_public_key half;
static pkey_text text;
static uint8_t signature[ARMALO_I_SIGNATURE_MAX];
static size_t signature_len;

static int read_text(const char *from, size_t len) {
    static const armalo_i_private_key none;
    char *exact = malloc(len + (len == 0));
    if (exact == NULL) abort();
    memcpy(exact, from, len);
    memset(&key, 0xff, sizeof key);
    pkey_queue();
    int status = armalo_i_private_pem(&key, armalo_i_span_of(exact, len));
    pkey_queue_kept();
    free(exact);
    if (status != ARMALO_I_KEY_OK) ck_assert_mem_eq(&key, &none, sizeof none);
    return status;
}
static int read_it(void) { return read_text(text.at, text.len); }

static void write_pkcs8(const EVP_PKEY *pkey) {
    BIO *bio = BIO_new(BIO_s_mem());
    pkey_text_take(&text, bio, PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL));
}
static void write_traditional(const EVP_PKEY *pkey, const EVP_CIPHER *cipher) {
    unsigned char passphrase[] = "open sesame";
    BIO *bio = BIO_new(BIO_s_mem());
    pkey_text_take(&text, bio,
                   PEM_write_bio_PrivateKey_traditional(bio, pkey, cipher, cipher == NULL ? NULL : passphrase,
                                                        cipher == NULL ? 0 : (int)sizeof passphrase - 1, NULL, NULL));
}

static int sign(const char *message, size_t len) {
    memset(signature, 0xee, sizeof signature);
    signature_len = 99;
    pkey_queue();
    int done = armalo_i_private_sign(&key, armalo_i_span_of(message, len), signature, &signature_len);
    pkey_queue_kept();
    return done;
}

/* By OpenSSL, as the algorithm has it. */
static int confirmed(EVP_PKEY *pkey, int alg, const char *message, size_t len) {
    EVP_MD_CTX *verifier = EVP_MD_CTX_new();
    EVP_PKEY_CTX *settings = NULL;
    uint8_t der[256], *end = der;
    const uint8_t *from = signature;
    size_t size = signature_len;
    const char *digest = alg == ARMALO_I_ALG_EDDSA ? NULL : alg == ARMALO_I_ALG_ES384 ? "SHA384" : "SHA256";
    ck_assert_int_eq(EVP_DigestVerifyInit_ex(verifier, &settings, digest, NULL, NULL, pkey, NULL), 1);
    if (alg == ARMALO_I_ALG_PS256) {
        ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING), 1);
        ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, 32), 1);
    }
    if (alg == ARMALO_I_ALG_ES256 || alg == ARMALO_I_ALG_ES384) {
        ECDSA_SIG *pair = ECDSA_SIG_new();
        ck_assert_uint_eq(size, alg == ARMALO_I_ALG_ES256 ? 64 : 96);
        ECDSA_SIG_set0(pair, BN_bin2bn(signature, (int)size / 2, NULL),
                       BN_bin2bn(signature + size / 2, (int)size / 2, NULL));
        size = (size_t)i2d_ECDSA_SIG(pair, &end);
        from = der;
        ECDSA_SIG_free(pair);
    }
    int answer = EVP_DigestVerify(verifier, from, size, (const unsigned char *)message, len);
    EVP_MD_CTX_free(verifier);
    return answer == 1;
}

static void expect_works(EVP_PKEY *pkey, int alg) {
    armalo_i_public_key other;
    uint8_t one[32], two[32];
    ck_assert_int_eq(key.alg, alg);
    for (size_t len = 0; len < 40; len++) {
        static const char message[] = "0123456789012345678901234567890123456789";
        int checked = 0;
        ck_assert_int_eq(sign(message, len), 1);
        ck_assert(confirmed(pkey, alg, message, len));
        ck_assert(!confirmed(pkey, alg, message, len + 1));
        if (len % 8 != 0) continue;
        pkey_queue();
        ck_assert_int_eq(armalo_i_private_public(&key, &half), ARMALO_I_KEY_OK);
        pkey_queue_kept();
        ck_assert_int_eq(armalo_i_public_verify(&half, armalo_i_span_of(message, len),
                                                armalo_i_span_of(signature, signature_len), ARMALO_I_ECDSA_RAW,
                                                &checked),
                         1);
        armalo_i_public_end(&half);
    }
    ck_assert_int_eq(sign(NULL, 0), 1);
    ck_assert(confirmed(pkey, alg, "", 0));
    ck_assert_int_eq(armalo_i_private_public(&key, &half), ARMALO_I_KEY_OK);
    ck_assert_int_eq(half.alg, alg);
    ck_assert_int_eq(pkey_of(&other, pkey, alg), ARMALO_I_KEY_OK);
    ck_assert_int_eq(armalo_i_public_thumbprint(&half, one), 1);
    ck_assert_int_eq(armalo_i_public_thumbprint(&other, two), 1);
    ck_assert_mem_eq(one, two, sizeof one);
    armalo_i_public_end(&half);
    armalo_i_public_end(&other);
    armalo_i_private_end(&key);
    static const armalo_i_private_key none;
    ck_assert_mem_eq(&key, &none, sizeof none);
}

START_TEST(test_pkcs8) {
    EVP_PKEY *pkey = pkey_make(algs[_i]);
    text.len = 0;
    write_pkcs8(pkey);
    ck_assert_ptr_nonnull(strstr(text.at, "-----BEGIN PRIVATE KEY-----"));
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_OK);
    expect_works(pkey, algs[_i]);
    EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(test_traditional) {
    for (int i = 1; i < ALGS; i++) {
        EVP_PKEY *pkey = pkey_make(algs[i]);
        text.len = 0;
        write_traditional(pkey, NULL);
        ck_assert_ptr_nonnull(strstr(text.at, i == 3 ? "BEGIN RSA PRIVATE KEY" : "BEGIN EC PRIVATE KEY"));
        ck_assert_int_eq(read_it(), ARMALO_I_KEY_OK);
        expect_works(pkey, algs[i]);
        EVP_PKEY_free(pkey);
    }
}
END_TEST

/* RFC 8037 A.1 and A.4: the signature is the one there, since Ed25519 has but one. */
START_TEST(test_rfc8037) {
    static const uint8_t head[] = {0x30, 0x2e, 0x02, 0x01, 0,    0x30, 0x05, 0x06,
                                   0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 4,    0x20};
    static const char input[] = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    pkey_bytes seed = pkey_base64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
    pkey_bytes want =
        pkey_base64url("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    uint8_t der[sizeof head + 32];
    memcpy(der, head, sizeof head);
    memcpy(der + sizeof head, seed.at, 32);
    text.len = 0;
    pkey_text_block(&text, "PRIVATE KEY", der, sizeof der);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_OK);
    ck_assert_int_eq(sign(input, sizeof input - 1), 1);
    ck_assert_uint_eq(signature_len, want.len);
    ck_assert_mem_eq(signature, want.at, want.len);
    armalo_i_private_end(&key);
    /* One byte more or less, and another kind of string. */
    der[15] = 0x1f;
    text.len = 0;
    pkey_text_block(&text, "PRIVATE KEY", der, sizeof der);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    der[15] = 0x20;
    der[14] = 3;
    text.len = 0;
    pkey_text_block(&text, "PRIVATE KEY", der, sizeof der);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    der[14] = 4;
    uint8_t longer[sizeof der + 1];
    memcpy(longer, der, sizeof der);
    longer[sizeof der] = 0;
    text.len = 0; /* behind the end of the whole */
    pkey_text_block(&text, "PRIVATE KEY", longer, sizeof longer);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    longer[1]++;
    longer[13]++;
    text.len = 0; /* behind the end of the seed */
    pkey_text_block(&text, "PRIVATE KEY", longer, sizeof longer);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    longer[1] = (uint8_t)(longer[1] - 2);
    longer[13] = (uint8_t)(longer[13] - 2);
    text.len = 0; /* before it */
    pkey_text_block(&text, "PRIVATE KEY", longer, sizeof longer - 2);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    der[1]--;
    der[13]--;
    der[15]--;
    text.len = 0;
    pkey_text_block(&text, "PRIVATE KEY", der, sizeof der - 1);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
}
END_TEST

/* Nobody is asked: there is an answer at once, although the standard input says nothing. */
START_TEST(test_encrypted) {
    char passphrase[] = "open sesame";
    EVP_PKEY *pkey = pkey_make(algs[_i]);
    BIO *bio = BIO_new(BIO_s_mem());
    text.len = 0;
    pkey_text_take(
        &text, bio,
        PEM_write_bio_PKCS8PrivateKey(bio, pkey, EVP_aes_256_cbc(), passphrase, (int)strlen(passphrase), NULL, NULL));
    ck_assert_ptr_nonnull(strstr(text.at, "-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_UNSUPPORTED);
    if (algs[_i] != ARMALO_I_ALG_EDDSA) {
        text.len = 0;
        write_traditional(pkey, EVP_aes_256_cbc());
        ck_assert_ptr_nonnull(strstr(text.at, "Proc-Type: 4,ENCRYPTED"));
        ck_assert_int_eq(read_it(), ARMALO_I_KEY_UNSUPPORTED);
    }
    EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(test_weak_and_unsupported) {
    static const struct {
        const char *type, *group;
    } others[] = {{"EC", "P-521"},  {"EC", "secp256k1"}, {"EC", "P-224"},
                  {"X25519", NULL}, {"ED448", NULL},     {"X448", NULL}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        EVP_PKEY *pkey =
            others[i].group != NULL ? EVP_EC_gen(others[i].group) : EVP_PKEY_Q_keygen(NULL, NULL, others[i].type);
        text.len = 0;
        write_pkcs8(pkey_made(pkey));
        ck_assert_msg(read_it() == ARMALO_I_KEY_UNSUPPORTED, "%zu", i);
        if (others[i].group != NULL) {
            text.len = 0;
            write_traditional(pkey, NULL);
            ck_assert_msg(read_it() == ARMALO_I_KEY_UNSUPPORTED, "%zu", i);
        }
        EVP_PKEY_free(pkey);
    }
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
    ck_assert_int_eq(EVP_PKEY_keygen_init(maker), 1);
    ck_assert_int_eq(EVP_PKEY_generate(maker, &pkey), 1);
    EVP_PKEY_CTX_free(maker);
    text.len = 0;
    write_pkcs8(pkey);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_UNSUPPORTED);
    EVP_PKEY_free(pkey);
    pkey = EVP_EC_gen("P-256"); /* RFC 5480 2.1.1 */
    ck_assert_int_eq(EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_ENCODING, "explicit"), 1);
    text.len = 0;
    write_pkcs8(pkey);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_UNSUPPORTED);
    text.len = 0;
    write_traditional(pkey, NULL);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_UNSUPPORTED);
    EVP_PKEY_free(pkey);
    static const struct {
        unsigned bits;
        unsigned long e;
    } weak[] = {{1024, 65537}, {2040, 65537}, {2048, 3}};
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        pkey = pkey_make_rsa(weak[i].bits, weak[i].e);
        text.len = 0;
        write_pkcs8(pkey);
        ck_assert_int_eq(read_it(), ARMALO_I_KEY_WEAK);
        text.len = 0;
        write_traditional(pkey, NULL);
        ck_assert_int_eq(read_it(), ARMALO_I_KEY_WEAK);
        EVP_PKEY_free(pkey);
    }
}
END_TEST

/* SEC 1 and PKCS #1 hold both halves; here they are of two keys. */
START_TEST(test_halves_apart) {
    EVP_PKEY *one = pkey_make(ARMALO_I_ALG_ES256), *two = pkey_make(ARMALO_I_ALG_ES256);
    uint8_t der[256], *end = der, point[65];
    size_t len = 0;
    int size = i2d_PrivateKey(one, &end);
    ck_assert_int_eq(EVP_PKEY_get_octet_string_param(two, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len), 1);
    ck_assert_uint_eq(len, 65);
    text.len = 0;
    pkey_text_block(&text, "EC PRIVATE KEY", der, (size_t)size);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_OK);
    armalo_i_private_end(&key);
    memcpy(der + size - 65, point, 65);
    text.len = 0;
    pkey_text_block(&text, "EC PRIVATE KEY", der, (size_t)size);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    EVP_PKEY_free(one);
    EVP_PKEY_free(two);

    one = pkey_known_rsa();
    uint8_t rsa[2048];
    end = rsa;
    size = i2d_PrivateKey(one, &end);
    ck_assert_int_gt(size, 1000);
    rsa[11 + 200] ^= 1; /* in the modulus */
    text.len = 0;
    pkey_text_block(&text, "RSA PRIVATE KEY", rsa, (size_t)size);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    EVP_PKEY_free(one);
}
END_TEST

START_TEST(test_blocks) {
    static const uint8_t p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    EVP_PKEY *ec = pkey_make(ARMALO_I_ALG_ES256), *rsa = pkey_known_rsa();
    text.len = 0; /* as `openssl ecparam -genkey` writes */
    pkey_text_block(&text, "EC PARAMETERS", p256, sizeof p256);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    const size_t parameters = text.len;
    write_traditional(ec, NULL);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_OK);
    armalo_i_private_end(&key);
    text.len = parameters;
    write_traditional(rsa, NULL);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    text.len = parameters;
    write_pkcs8(ec);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    text.len = parameters;
    pkey_text_block(&text, "EC PARAMETERS", p256, sizeof p256);
    write_traditional(ec, NULL);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);

    text.len = 0;
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    pkey_text_add(&text, "\n \n");
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    write_pkcs8(ec);
    pkey_text_add(&text, "\n\n");
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_OK);
    armalo_i_private_end(&key);
    const size_t one = text.len;
    pkey_text_add(&text, "x");
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    text.len = one;
    write_pkcs8(ec); /* twice */
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    text.len = one;
    pkey_text_public(&text, ec);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    text.len = 0;
    pkey_text_public(&text, ec);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    text.len = 0;
    pkey_text_add(&text, "key:\n");
    write_pkcs8(ec);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);

    /* The label says one thing and the block is another. */
    uint8_t der[2048], *end = der;
    int size = i2d_PrivateKey(rsa, &end);
    text.len = 0;
    pkey_text_block(&text, "EC PRIVATE KEY", der, (size_t)size);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    text.len = 0;
    pkey_text_block(&text, "PRIVATE KEY", der, (size_t)size);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    text.len = 0;
    pkey_text_block(&text, "DSA PRIVATE KEY", der, (size_t)size);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    der[size] = 0; /* a byte behind the end */
    text.len = 0;
    pkey_text_block(&text, "RSA PRIVATE KEY", der, (size_t)size + 1);
    ck_assert_int_eq(read_it(), ARMALO_I_KEY_BAD);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(rsa);
}
END_TEST

START_TEST(test_damage) {
    EVP_PKEY *pkey = pkey_make(algs[_i]);
    text.len = 0;
    write_pkcs8(pkey);
    for (size_t len = 0; len + 1 < text.len; len++) ck_assert_int_eq(read_text(text.at, len), ARMALO_I_KEY_BAD);
    for (size_t i = 0; i < text.len; i += algs[_i] == ARMALO_I_ALG_PS256 ? 29 : 3) {
        static const char with[] = {'A', 'c', '=', 0};
        const char was = text.at[i];
        for (size_t j = 0; j < sizeof with; j++) {
            text.at[i] = with[j];
            if (read_it() == ARMALO_I_KEY_OK) { /* then it is a key, of whatever is written now */
                ck_assert_int_eq(sign("a", 1), 1);
                ck_assert_int_eq(armalo_i_private_public(&key, &half), ARMALO_I_KEY_OK);
                ck_assert_int_eq(pkey_judge(&half, armalo_i_span_text("a"), armalo_i_span_of(signature, signature_len),
                                            ARMALO_I_ECDSA_RAW),
                                 1);
                armalo_i_public_end(&half);
                armalo_i_private_end(&key);
            }
        }
        text.at[i] = was;
    }
    EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(test_no_key) {
    static const armalo_i_public_key none;
    for (int alg = -1; alg <= ARMALO_I_ALGS; alg++) {
        if (alg == ARMALO_I_ALG_EDDSA) continue;
        memset(&key, 0, sizeof key);
        key.alg = alg;
        ck_assert_int_eq(sign("a", 1), 0);
        ck_assert_uint_eq(signature_len, 0);
        memset(&half, 0xff, sizeof half);
        ck_assert_int_eq(armalo_i_private_public(&key, &half), ARMALO_I_KEY_BAD);
        ck_assert_mem_eq(&half, &none, sizeof none);
    }
    armalo_i_private_end(&key);
    armalo_i_private_end(&key);
    armalo_i_public_end(&half);
    armalo_i_public_end(&half);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_pkcs8, 0, ALGS);
    tcase_add_test(tc, test_traditional);
    tcase_add_test(tc, test_rfc8037);
    tcase_add_loop_test(tc, test_encrypted, 0, ALGS);
    tcase_add_test(tc, test_weak_and_unsupported);
    tcase_add_test(tc, test_halves_apart);
    tcase_add_test(tc, test_blocks);
    tcase_add_loop_test(tc, test_damage, 0, ALGS);
    tcase_add_test(tc, test_no_key);
}
TEST_MAIN("core_pkey_private", fill, 60)
