/* SPDX-License-Identifier: MIT */
/* RFC 7638: the digest of a key's required members, in order and without white space (3.2; RFC 8037 2 for OKP). */
#include "crypto/pkey_inside.h"

#include "codec/text.h"

/* "name":"base64url of the bytes" behind what is already there. */
static void armalo_i_thumbprint_add(armalo_i_sha256 *state, const char *before, const uint8_t *bytes, size_t len) {
    char text[ARMALO_I_BASE64_LEN(ARMALO_I_SIGNATURE_MAX) + 1];
    armalo_i_sha256_add(state, before, strlen(before));
    armalo_i_sha256_add(state, text, armalo_i_base64url_encode(bytes, len, text));
}

int armalo_i_public_thumbprint(const armalo_i_public_key *key, uint8_t out[ARMALO_I_SHA256_SIZE]) {
    const armalo_i_pkey *own = key->pkey;
    const armalo_i_pkey_curve *curve = armalo_i_pkey_curve_of(key->alg);
    armalo_i_sha256 state;
    armalo_i_sha256_begin(&state);
    if (key->alg == ARMALO_I_ALG_EDDSA) {
        armalo_i_thumbprint_add(&state, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"", key->ed25519,
                                ARMALO_I_ED25519_PUBLIC);
    } else if (own == NULL) {
        return 0;
    } else if (curve != NULL) {
        armalo_i_sha256_add(&state, "{\"crv\":\"", 8);
        armalo_i_sha256_add(&state, curve->name, strlen(curve->name));
        armalo_i_thumbprint_add(&state, "\",\"kty\":\"EC\",\"x\":\"", own->body + 1, curve->field);
        armalo_i_thumbprint_add(&state, "\",\"y\":\"", own->body + 1 + curve->field, curve->field);
    } else {
        armalo_i_thumbprint_add(&state, "{\"e\":\"", own->e, own->e_len);
        armalo_i_thumbprint_add(&state, "\",\"kty\":\"RSA\",\"n\":\"", own->body, own->body_len);
    }
    armalo_i_sha256_add(&state, "\"}", 2);
    armalo_i_sha256_end(&state, out);
    return 1;
}
