/* SPDX-License-Identifier: MIT */
/* The wrappers around libsodium and OpenSSL: published vectors, and every way in which they must say no. */
#include "crypto/crypto.h"
#include "test.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static size_t unhex(const char *hex, uint8_t *out) {
    size_t len = strlen(hex) / 2;
    for (size_t i = 0; i < len; i++) {
        unsigned byte = 0;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1) ck_abort_msg("bad hex");
        out[i] = (uint8_t)byte;
    }
    return len;
}

static void hmac(const void *key, size_t key_len, const void *text, size_t len, uint8_t tag[32]) {
    armalo_i_hmac_key made;
    armalo_i_hmac_key_make(&made, key, key_len);
    armalo_i_sha256 state = made.inner;
    armalo_i_sha256_add(&state, text, len);
    armalo_i_hmac_end(&made, &state, tag);
}

/* RFC 4231 section 4, test cases 1 to 4, 6 and 7 (5 is truncated output, which the library does not make). */
START_TEST(test_hmac_rfc4231) {
    static const struct {
        const char *key, *data, *tag;
    } cases[] = {
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {"0102030405060708090a0b0c0d0e0f10111213141516171819",
         "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {NULL, /* 131 bytes of aa: longer than the block */
         "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {NULL,
         "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e64206"
         "1"
         "206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686"
         "5"
         "64206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e",
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t key[131], data[256], want[32], tag[32];
        memset(key, 0xaa, sizeof key);
        size_t key_len = cases[i].key == NULL ? sizeof key : unhex(cases[i].key, key);
        size_t len = unhex(cases[i].data, data);
        ck_assert_uint_eq(unhex(cases[i].tag, want), 32);
        hmac(key, key_len, data, len, tag);
        ck_assert_mem_eq(tag, want, 32);
    }
}
END_TEST

/* Every length of key around the block size, and of text around the padding, against OpenSSL's HMAC(). */
START_TEST(test_hmac_lengths) {
    uint8_t key[200], text[200], tag[32], want[32];
    for (size_t i = 0; i < 200; i++) {
        key[i] = (uint8_t)(i * 7 + 3);
        text[i] = (uint8_t)(i * 13 + 5);
    }
    for (size_t key_len = 1; key_len <= 200; key_len++) {
        for (size_t len = 0; len <= 200; len += 1 + len % 7) {
            hmac(key, key_len, text, len, tag);
            ck_assert_ptr_ne(HMAC(EVP_sha256(), key, (int)key_len, text, len, want, NULL), NULL);
            ck_assert_mem_eq(tag, want, 32);
        }
    }
}
END_TEST

/* FIPS 180-4 examples, and a state that is copied in the middle. */
START_TEST(test_sha256) {
    uint8_t want[32], digest[32];
    armalo_i_sha256 state, copy;
    armalo_i_sha256_begin(&state);
    armalo_i_sha256_add(&state, NULL, 0);
    armalo_i_sha256_end(&state, digest);
    unhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", want);
    ck_assert_mem_eq(digest, want, 32);
    armalo_i_sha256_begin(&state);
    armalo_i_sha256_add(&state, "ab", 2);
    copy = state;
    armalo_i_sha256_add(&state, "X", 1);
    armalo_i_sha256_add(&copy, "c", 1);
    armalo_i_sha256_end(&copy, digest);
    unhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", want);
    ck_assert_mem_eq(digest, want, 32);
    armalo_i_sha256_end(&state, digest);
    ck_assert_mem_ne(digest, want, 32);
}
END_TEST

/* RFC 8032 section 7.1, tests 1 to 3. */
static const struct {
    const char *seed, *public_key, *message, *signature;
} ed25519[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246"
     "5"
     "5141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb"
     "0"
     "0d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc"
     "0"
     "27beceea1ec40a"},
};

START_TEST(test_ed25519_rfc8032) {
    for (size_t i = 0; i < 3; i++) {
        uint8_t seed[32], want_public[32], message[2], want[64], public_key[32], secret_key[64], signature[64];
        unhex(ed25519[i].seed, seed);
        unhex(ed25519[i].public_key, want_public);
        unhex(ed25519[i].signature, want);
        size_t len = unhex(ed25519[i].message, message);
        ck_assert_int_eq(armalo_i_ed25519_from_seed(seed, public_key, secret_key), 1);
        ck_assert_mem_eq(public_key, want_public, 32);
        ck_assert_int_eq(armalo_i_ed25519_sign(secret_key, message, len, signature), 1);
        ck_assert_mem_eq(signature, want, 64);
        ck_assert_int_eq(armalo_i_ed25519_usable(public_key), 1);
        ck_assert_int_eq(armalo_i_ed25519_verify(public_key, message, len, want), 1);
        for (size_t bit = 0; bit < 512; bit++) {
            want[bit / 8] ^= (uint8_t)(1u << bit % 8);
            ck_assert_int_eq(armalo_i_ed25519_verify(public_key, message, len, want), 0);
            want[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t bit = 0; bit < 256; bit++) {
            public_key[bit / 8] ^= (uint8_t)(1u << bit % 8);
            ck_assert_int_eq(armalo_i_ed25519_verify(public_key, message, len, want), 0);
            public_key[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        ck_assert_int_eq(armalo_i_ed25519_verify(public_key, (const uint8_t *)"other", 5, want), 0);
    }
}
END_TEST

/* RFC 8032 5.1.7: S must be below the order L, or a second signature could be made from the first. */
START_TEST(test_ed25519_not_malleable) {
    uint8_t public_key[32], message[2], signature[64], order[32];
    unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", order); /* L, little endian */
    for (size_t i = 0; i < 3; i++) {
        unhex(ed25519[i].public_key, public_key);
        unhex(ed25519[i].signature, signature);
        size_t len = unhex(ed25519[i].message, message);
        for (int times = 1; times <= 14; times++) { /* S + L to S + 14 L, as far as 256 bits go */
            unsigned carry = 0;
            for (size_t b = 0; b < 32; b++) {
                unsigned sum = signature[32 + b] + order[b] + carry;
                signature[32 + b] = (uint8_t)sum;
                carry = sum >> 8;
            }
            ck_assert_uint_eq(carry, 0);
            ck_assert_int_eq(armalo_i_ed25519_verify(public_key, message, len, signature), 0);
        }
    }
}
END_TEST

/* The eight points of small order and their other spellings, and what is not a canonical point at all. For most of them
 * a signature of zeros holds for some or all messages. */
START_TEST(test_ed25519_weak_keys) {
    static const char *const weak[] = {
        "0100000000000000000000000000000000000000000000000000000000000000", /* the identity */
        "0100000000000000000000000000000000000000000000000000000000000080",
        "0000000000000000000000000000000000000000000000000000000000000000", /* y = 0 */
        "0000000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* y = -1 */
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* p: 0 again */
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* p + 1: 1 again */
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", /* order 8 */
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0200000000000000000000000000000000000000000000000000000000000000", /* not on the curve */
    };
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        uint8_t key[32], signature[64] = {0};
        unhex(weak[i], key);
        ck_assert_msg(armalo_i_ed25519_usable(key) == 0, "%s", weak[i]);
        ck_assert_int_eq(armalo_i_ed25519_verify(key, (const uint8_t *)"a", 1, signature), 0);
        memcpy(signature, key, 32); /* R = A, S = 0 */
        ck_assert_int_eq(armalo_i_ed25519_verify(key, (const uint8_t *)"a", 1, signature), 0);
        memset(signature, 0, 64);
        signature[0] = 1; /* R = the identity */
        ck_assert_int_eq(armalo_i_ed25519_verify(key, (const uint8_t *)"a", 1, signature), 0);
    }
}
END_TEST

START_TEST(test_equal) {
    static const uint8_t zeros[100];
    uint8_t a[100] = {0};
    ck_assert_int_eq(armalo_i_equal(a, zeros, 0), 0);
    ck_assert_int_eq(armalo_i_equal(a, a, 0), 0);
    for (size_t len = 1; len <= 100; len++) {
        ck_assert_int_eq(armalo_i_equal(a, zeros, len), 1);
        for (size_t bit = 0; bit < 8 * len; bit++) {
            a[bit / 8] ^= (uint8_t)(1u << bit % 8);
            ck_assert_int_eq(armalo_i_equal(a, zeros, len), 0);
            ck_assert_int_eq(armalo_i_equal(zeros, a, len), 0);
            a[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        if (len < 100) a[len] = 1; /* what follows does not count */
        ck_assert_int_eq(armalo_i_equal(a, zeros, len), 1);
        if (len < 100) a[len] = 0;
    }
}
END_TEST

/* XChaCha20-Poly1305: draft-irtf-cfrg-xchacha-03 A.3.1. */
START_TEST(test_aead_vector) {
    uint8_t key[32], nonce[24], ad[12], want[130], out[130], back[114];
    const char *plain = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                        "sunscreen would be it.";
    unhex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", key);
    unhex("404142434445464748494a4b4c4d4e4f5051525354555657", nonce);
    unhex("50515253c0c1c2c3c4c5c6c7", ad);
    unhex(
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c2"
        "16cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c6"
        "8b13b52ec0875924c1c7987947deafd8780acf49",
        want);
    ck_assert_uint_eq(strlen(plain), 114);
    ck_assert_int_eq(armalo_i_aead_seal(key, nonce, ad, 12, (const uint8_t *)plain, 114, out), 1);
    ck_assert_mem_eq(out, want, 130);
    ck_assert_int_eq(armalo_i_aead_open(key, nonce, ad, 12, out, 130, back), 1);
    ck_assert_mem_eq(back, plain, 114);
}
END_TEST

START_TEST(test_aead_every_bit_counts) {
    uint8_t key[32], nonce[24], ad[20], text[32], sealed[48], out[48];
    memset(key, 1, sizeof key);
    memset(nonce, 2, sizeof nonce);
    memset(ad, 3, sizeof ad);
    memset(text, 4, sizeof text);
    ck_assert_int_eq(armalo_i_aead_seal(key, nonce, ad, 20, text, 32, sealed), 1);
    const struct {
        uint8_t *bytes;
        size_t len;
    } parts[] = {{key, 32}, {nonce, 24}, {ad, 20}, {sealed, 48}};
    for (size_t p = 0; p < 4; p++) {
        for (size_t bit = 0; bit < 8 * parts[p].len; bit++) {
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            memset(out, 0, sizeof out);
            ck_assert_int_eq(armalo_i_aead_open(key, nonce, ad, 20, sealed, 48, out), 0);
            ck_assert_mem_ne(out, text, 32);
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    for (size_t len = 0; len < 48; len++) ck_assert_int_eq(armalo_i_aead_open(key, nonce, ad, 20, sealed, len, out), 0);
    for (size_t len = 0; len < 20; len++) ck_assert_int_eq(armalo_i_aead_open(key, nonce, ad, len, sealed, 48, out), 0);
    ck_assert_int_eq(armalo_i_aead_open(key, nonce, NULL, 0, sealed, 48, out), 0);
    ck_assert_int_eq(armalo_i_aead_seal(key, nonce, ad, 20, text, 0, out), 1); /* nothing can be sealed too */
    ck_assert_int_eq(armalo_i_aead_open(key, nonce, ad, 20, out, 16, out + 16), 1);
    out[0] ^= 1;
    ck_assert_int_eq(armalo_i_aead_open(key, nonce, ad, 20, out, 16, out + 16), 0);
    ck_assert_int_eq(armalo_i_aead_open(key, nonce, ad, 20, sealed, 48, out), 1);
    ck_assert_mem_eq(out, text, 32);
}
END_TEST

/* libsodium's crypto_kdf is keyed BLAKE2b of nothing, with the number as salt and the context as personalisation; this
 * value is Python's: hashlib.blake2b(b"", digest_size=32, key=bytes(range(32)), salt=(3).to_bytes(16,"little"),
 * person=b"armalo_1".ljust(16, b"\0")). */
START_TEST(test_kdf) {
    uint8_t root[32], out[32], other[32], want[32];
    for (size_t i = 0; i < 32; i++) root[i] = (uint8_t)i;
    ck_assert_int_eq(armalo_i_kdf(root, 3, "armalo_1", out), 1);
    unhex("f43801e56d2d4e6def381f798a0791f846ff548c34c5b8fdbfdbfb1828adfc03", want);
    ck_assert_mem_eq(out, want, 32);
    ck_assert_int_eq(armalo_i_kdf(root, 4, "armalo_1", other), 1);
    ck_assert_mem_ne(out, other, 32);
    ck_assert_int_eq(armalo_i_kdf(root, 3, "armalo_2", other), 1);
    ck_assert_mem_ne(out, other, 32);
    for (size_t bit = 0; bit < 256; bit++) {
        root[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_int_eq(armalo_i_kdf(root, 3, "armalo_1", other), 1);
        ck_assert_mem_ne(out, other, 32);
        root[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}
END_TEST

START_TEST(test_random_and_wipe) {
    uint8_t a[64] = {0}, b[64] = {0}, zeros[64] = {0};
    ck_assert_int_eq(armalo_i_crypto_ready(), 1);
    ck_assert_int_eq(armalo_i_crypto_ready(), 1);
    ck_assert_int_eq(armalo_i_random(a, sizeof a), 1);
    ck_assert_int_eq(armalo_i_random(b, sizeof b), 1);
    ck_assert_mem_ne(a, b, 64);
    ck_assert_mem_ne(a, zeros, 64);
    armalo_i_wipe(a, 63);
    ck_assert_mem_eq(a, zeros, 63);
    armalo_i_wipe(NULL, 0);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_hmac_rfc4231);
    tcase_add_test(tc, test_hmac_lengths);
    tcase_add_test(tc, test_sha256);
    tcase_add_test(tc, test_ed25519_rfc8032);
    tcase_add_test(tc, test_ed25519_not_malleable);
    tcase_add_test(tc, test_ed25519_weak_keys);
    tcase_add_test(tc, test_equal);
    tcase_add_test(tc, test_aead_vector);
    tcase_add_test(tc, test_aead_every_bit_counts);
    tcase_add_test(tc, test_kdf);
    tcase_add_test(tc, test_random_and_wipe);
}
TEST_MAIN("core_crypto", fill, 60)
