/* SPDX-License-Identifier: MIT */
/* RFC 8037 (Ed25519 in JOSE), appendix A.1 to A.5. */
#ifndef ARMALO_VECTORS_RFC8037_H
#define ARMALO_VECTORS_RFC8037_H

/* A.1 and A.2 */
static const char rfc8037_private_jwk[] =
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\",\"x\":\"11qYA"
    "YKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
static const char rfc8037_jwk[] =
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";

/* The same keys as bytes, in hexadecimal, as printed there. */
static const char rfc8037_private_hex[] = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
static const char rfc8037_public_hex[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/* A.3 */
static const char rfc8037_thumbprint_input[] =
    "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
static const char rfc8037_thumbprint_hex[] = "90facafea9b1556698540f70c0117a22ea37bd5cf3ed3c47093c1707282b4b89";
static const char rfc8037_thumbprint[] = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

/* A.4 and A.5 */
static const char rfc8037_payload[] = "Example of Ed25519 signing";
static const char rfc8037_jws[] =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbh"
    "ijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

#endif
