/* SPDX-License-Identifier: MIT */
/* The did:key method, github.com/w3c-ccg/did-method-key: test-vectors/ed25519-x25519.json and nist-curves.json. The
 * keys are base58 and base64url there. */
#ifndef ARMALO_VECTORS_DIDKEY_H
#define ARMALO_VECTORS_DIDKEY_H

#include <stddef.h>

typedef struct didkey_vector {
    const char *curve, *did;
    const char *x_hex; /* Ed25519: the key; else the first coordinate, which is in the DID */
    const char *y_hex; /* NULL for Ed25519; of this the DID has the lowest bit (02 or 03 before x) */
} didkey_vector;

static const didkey_vector didkey_vectors[] = {
    {"Ed25519", "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
     "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29", NULL},
    {"Ed25519", "did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
     "4cb5abf6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29", NULL},
    {"Ed25519", "did:key:z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf",
     "7422b9887598068e32c4448a949adb290d0f4e35b9e01b0ee5f1a1e600fe2674", NULL},
    {"Ed25519", "did:key:z6MkvqoYXQfDDJRv8L4wKzxYeuKyVZBfi9Qo6Ro8MiLH3kDQ",
     "f381626e41e7027ea431bfe3009e94bdd25a746beec468948d6c3c7c5dc9a54b", NULL},
    {"Ed25519", "did:key:z6MkwW6aqMnjgrhJXFUko3NnZPGzVpkNzhYK7yEhnsibmLwL",
     "fd50b8e3b144ea244fbf7737f550bc8dd0c2650bbc1aada833ca17ff8dbf329b", NULL},
    {"P-256", "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
     "8a0ac59a2d3086e8a12a78fd4773a6d52a0ca61ef6c1419e15a05bcc6dafce7b",
     "79fb17e5bd74c7cca3cab8f89f2de919f2dc63b5dbcb52b382a39daa7b2b2483"},
    {"P-256", "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
     "7f235830dd3defa722ef1aa249d6a0ddbba4f990b0817538933f573640653542",
     "856da88d335f1fb25b8bcfbe089528dce09b1f7cb99fdd60f88300f4c2cc6d35"},
    {"P-384", "did:key:z82Lm1MpAkeJcix9K8TMiLd5NMAhnwkjjCBeWHXyu3U4oT2MVJJKXkcVBgjGhnLBn2Kaau9",
     "9489d3c65f1f8cb2a9fd40abc48d160e495a862fbbfbfe896ed8878e246f32f85e76129574705f8b61c263cb7f409c9c",
     "cba375202fb6997c47ade113056ecade605cc34a86af70961c2b3eca5d3dc824112dcc9f1afed786a0278073aee7566f"},
    {"P-384", "did:key:z82LkvCwHNreneWpsgPEbV3gu1C6NFJEBg4srfJ5gdxEsMGRJUz2sG9FE42shbn2xkZJh54",
     "080fa23681c383594bf29bd7dddd6ebc4c7355f0b3ed19fab56efcd546fc2b932b0dfd8830fc8bd114c389a2c70b5253",
     "2a99eb9fc0e45d40f781ee261718be0caaf40d83b62ae25dc0d06b8732d1b5f31add614c64188f2943df263f1d60d97f"},
    {"P-521",
     "did:key:z2J9gaYxrKVpdoG9A4gRnmpnRCcxU6agDtFVVBVdn1JedouoZN7SzcyREXXzWgt3gGiwpoHq7K68X4m32D8HgzG8wv3s"
     "Y5j7",
     "0125073ccca272143441b1d9f687cdc7f978cbb96e9dc9f97de28ba373a92769d26d9a02ee67dfa258f9bb2eece8a48a5c59"
     "a7356c46278d883ab8d9e3baaac2ac92",
     "016f738880b865041548d98b969e7dc982ab8d1634fd5a8ef86388610f6d6293eb68129496810877a708fefca70b3959599b"
     "56a6038cdc73e160481ac10ef4dd18c2"},
    {"P-521",
     "did:key:z2J9gcGdb2nEyMDmzQYv2QZQcM1vXktvy1Pw4MduSWxGabLZ9XESSWLQgbuPhwnXN7zP7HpTzWqrMTzaY5zWe6hpzJ2j"
     "nw4f",
     "010832172e84c07dffbbf2973f0f1a4d74d8ed6495cad99bb89785a6ae14e8b8a9c6d4a60497bf8e34739acf6ab9b9f09bf7"
     "c6a0731096f435bf34b660bbac476574",
     "01bd3a302720a06edd33623e569a5d2d5d64de50e878732fc98a8755f3f4e44a763bb66ed10c1de885737d98bd2b428c0ee7"
     "76db0767194a54b45ba4668d0478ed79"},
};

#endif
