/* SPDX-License-Identifier: MIT */
/* JWS made by the crypto of Node v20.20.2 (OpenSSL 3.0.19). Made by node_jws.mjs. */
#ifndef ARMALO_VECTORS_NODE_JWS_H
#define ARMALO_VECTORS_NODE_JWS_H

static const char node_jws_payload[] =
    "{\"iss\":\"https://issuer.example\",\"sub\":\"agent_1\",\"aud\":\"https://verifier.example\",\"iat\":1700000"
    "000,\"exp\":1700003600,\"jti\":\"j-1\",\"score\":87}";

/* The public keys: node-eddsa, node-es256, node-es384, node-ps256, node-rs256. */
static const char node_jws_jwks[] =
    "{\"keys\":[{\"crv\":\"Ed25519\",\"x\":\"eVBqzTEMZrvJMgN0_owMDsGiqkxjmmb2Celu5xmEdq0\",\"kty\":\"OKP\",\"kid"
    "\":\"node-eddsa\",\"alg\":\"EdDSA\",\"use\":\"sig\"},{\"kty\":\"EC\",\"x\":\"oqvqj8eJjIPr-4OohTvPlTVScB_XS2o"
    "V7Y67A55tYpg\",\"y\":\"4VYeze72DRfqZHtzheOkflr80So0EVxixI89khS2X0c\",\"crv\":\"P-256\",\"kid\":\"node-es256"
    "\",\"alg\":\"ES256\",\"use\":\"sig\"},{\"kty\":\"EC\",\"x\":\"qhjUsCmJ9Ay3mvBQpKKL5S2__IiSo-42VGSQlhMi3Mkpsu"
    "GfgGJwjLOajQQuQ54U\",\"y\":\"OXpT4CM8rkMCgJTTTFuvtmnbAI0gIKfcga03iVHc6dyW8JehiaZEwnqzZgjgWzDK\",\"crv\":\"P-"
    "384\",\"kid\":\"node-es384\",\"alg\":\"ES384\",\"use\":\"sig\"},{\"kty\":\"RSA\",\"n\":\"s4clPCxmBtPCO_XrQ5g"
    "F96fhOhzt3i85A9ObrZZZv3XjyTKDMDUqM2cfhQoSy0IkQ1XysLcKNut9zFakVRzQHm0-22OZ3LHtWeyCZyGY0K2x6WOCAVSsfWTeecab6Jm"
    "SXvMSqOTvrU4EGB-E_91c6GPLYEgriGjebIEtk_B0HBxJ0oj5OnNIcXBX2Vn2e7zcmfGDtlInm9sQfzGkFQwmhgoDJQqy-Hm9wrjvaFyjojW"
    "KH3AtURFKLtaXtC1QnyalbAe46BdN1UwnN_xJdvkiVHSMJFUkyIeQ8ezFpfQ5MTHX9JtChoT8a--jCEdGRvMYUlbh0iTETVliyhzohczkoQ"
    "\",\"e\":\"AQAB\",\"kid\":\"node-ps256\",\"alg\":\"PS256\",\"use\":\"sig\"},{\"kty\":\"RSA\",\"n\":\"jpmz2n4"
    "hJlmH719J6S9a2oLswwHIFSzZG_jX1mzbxQRreMgM1CCrrUdeQx5VTcm6xbNIKbKOVWMlqNquav9tm97bTMst86fzfoG_ZG2jxo7L9MTt1zM"
    "VCFHTMPtgVlCVvfEp5msC7RtFh3omAEZHI7gKuLcYYrYFhcxcYbO71u-X-mGbwf6xMjzhmOZVNaqecN2NFIGY5fTsvHZwphAjIT23Hq8q30U"
    "eWspmsOKcjF_FCwD7Ydu0wjM6H7clLRC9Oj9Wmd1G744ZyS2uVZIGiBy59cjl8mxw-juEVAlhw-WJgRCXnQb4zezIS-bhH6nh5Y0zx2AE155"
    "RT7hr-U3HSw\",\"e\":\"AQAB\",\"kid\":\"node-rs256\",\"alg\":\"RS256\",\"use\":\"sig\"}]}";

static const char node_jws_eddsa[] =
    "eyJhbGciOiJFZERTQSIsImtpZCI6Im5vZGUtZWRkc2EiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic"
    "3ViIjoiYWdlbnRfMSIsImF1ZCI6Imh0dHBzOi8vdmVyaWZpZXIuZXhhbXBsZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAzNjAwL"
    "CJqdGkiOiJqLTEiLCJzY29yZSI6ODd9.yhg9AtSPLzcUun6dsLaQSLw5IpncnwHvCEGNG0UV48aUou0xildyfnRSHJJg1Wn_ndENJP5M6F1j"
    "9dISO326Dg";

static const char node_jws_es256[] =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6Im5vZGUtZXMyNTYiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic"
    "3ViIjoiYWdlbnRfMSIsImF1ZCI6Imh0dHBzOi8vdmVyaWZpZXIuZXhhbXBsZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAzNjAwL"
    "CJqdGkiOiJqLTEiLCJzY29yZSI6ODd9.55Pb6d6Uv2RNcLLRKPG_-W2R85T-kfmLdIZ8YqgXXuR4TBzlXk0qdGTxOkwCj3CoORoKPMg-kS7M"
    "jtnPyWg-Nw";

static const char node_jws_es384[] =
    "eyJhbGciOiJFUzM4NCIsImtpZCI6Im5vZGUtZXMzODQiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic"
    "3ViIjoiYWdlbnRfMSIsImF1ZCI6Imh0dHBzOi8vdmVyaWZpZXIuZXhhbXBsZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAzNjAwL"
    "CJqdGkiOiJqLTEiLCJzY29yZSI6ODd9.idzGFhVlIKE4R49LuEjDaWAFxvkOH5Ik1594ljvJEzEE7o7VJvOi_5aOMJMUnSrQ6I9potkjhKKf"
    "ZJkz0gr04fCCm_BjEEuf6j2F0mextB5o9N-aqcNUTzOTR-ayMFZU";

static const char node_jws_ps256[] =
    "eyJhbGciOiJQUzI1NiIsImtpZCI6Im5vZGUtcHMyNTYiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic"
    "3ViIjoiYWdlbnRfMSIsImF1ZCI6Imh0dHBzOi8vdmVyaWZpZXIuZXhhbXBsZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAzNjAwL"
    "CJqdGkiOiJqLTEiLCJzY29yZSI6ODd9.DLrhGmqoe9cWiDQ6xP1PS2dhh7pLwyJdckb8r8pK6IZTOD-MvVYiolZail6WLWHvqUOFT34pUCrW"
    "Yj5DPqgTlDgxCc3S2DIkbqh30Z5ZJ6eVXHY6rsabVvumaANZOW_DuiPja5mJlbuuDZWp9Ehx-PJtCvqs4kwVovLhKpoV5KN6gRQIwnswgFCl"
    "19OsdEKzIFeQBtVRo2OAZ9LqjmId3QFcA3ld-lUc-h2pQwWe8ly5gzVHGbzflpWR1lMgwYfjz5B3K3PA_yjbFv5NTHZWukzWK7bsoWXSj473"
    "Das6Hg0bpOiM02BgDneYiWG9eFWjtKkrWNF9Sj2ffiqGSicLBw";

static const char node_jws_rs256[] =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6Im5vZGUtcnMyNTYiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic"
    "3ViIjoiYWdlbnRfMSIsImF1ZCI6Imh0dHBzOi8vdmVyaWZpZXIuZXhhbXBsZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAzNjAwL"
    "CJqdGkiOiJqLTEiLCJzY29yZSI6ODd9.iiaUj6-F-CFQQzywcORvT6-DfrzT3QM79GcIiLNEMKOWlfNhdeGmp1nxDX5uaJGduOc0r0DolYAn"
    "1eNi1gPBWYP1E48dfEDQ9L5xG_kD0l4N_DmmMijaV-F8g2G8vRntR7TV59uyccs3hdyxeCUjulFOaSO7ddGeul4bq6_8TGmCCesriXdv9Mkl"
    "QYKJUEj1ntebZD4XQnnqTp1GjS16oA_V6LhT3B8ew_Qug0zcrQ3fmh3GRHeA1jyEWF_8Cd-TEIPemvGXX49xju3b_LhH6foSH9uYLm0pVejF"
    "EoUcG8WtaqMC_0l3rR8BSAZwHSGlDCTLdCGCEGsU9KVYAMDd2w";

/* Not to be taken: r and s in DER (RFC 7518 3.4 has them side by side). */
static const char node_jws_es256_der[] =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6Im5vZGUtZXMyNTYiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic"
    "3ViIjoiYWdlbnRfMSIsImF1ZCI6Imh0dHBzOi8vdmVyaWZpZXIuZXhhbXBsZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAzNjAwL"
    "CJqdGkiOiJqLTEiLCJzY29yZSI6ODd9.MEUCIQCDI7Qb-NTTtwHTABSX3XVn1APgbY8R5w5Pnur-KVmC9wIgcj-n4cAlBJ6ACRyJ2BCMNtVa"
    "w0aCdnaS475Z2Xua2tc";

/* Not to be taken: a salt of 20 bytes (RFC 7518 3.5 has as many as the hash). */
static const char node_jws_ps256_salt20[] =
    "eyJhbGciOiJQUzI1NiIsImtpZCI6Im5vZGUtcHMyNTYiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic"
    "3ViIjoiYWdlbnRfMSIsImF1ZCI6Imh0dHBzOi8vdmVyaWZpZXIuZXhhbXBsZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAzNjAwL"
    "CJqdGkiOiJqLTEiLCJzY29yZSI6ODd9.izSxIFhrEtpjWyobeMlMxF8EifeBuCdbX7AwcwAuuJ8y6Nybdj3ANG_fq0sJL1NLrVKV21b2VCHT"
    "ol5kNhAZOlCCptN5rgWYxaOzz8S3HaGvoNFkKQ1PYj2Vky5kESey3xH3B4QecoI5O7KQ7dRAOoG8BqVQGX-0M0wCT4G7qU5pxupDr3LjsIPo"
    "wUVOCaPT-Yq1U3IZKCOJjwpFOIxBUQodD3lEehFn48zdDmkAkj7h6CPmdLlTtbWy3at9qstT9dFXa5c9Kbryt8-xYcgsIPoybkphRVX4YzeM"
    "ZnYVkxxlRoL4mDVDeMD4OEYXggMb2FIqAivufJaZXqse0G__YQ";

/* Not to be taken: a MAC with the public key of RS256, as PEM, for its secret. */
static const char node_jws_hs256_public_key[] =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6Im5vZGUtcnMyNTYiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic"
    "3ViIjoiYWdlbnRfMSIsImF1ZCI6Imh0dHBzOi8vdmVyaWZpZXIuZXhhbXBsZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAzNjAwL"
    "CJqdGkiOiJqLTEiLCJzY29yZSI6ODd9.V69LcPeRq6MRMSAVUVfMMR76n0KqfIDzb3J1WnY8H6g";

static const char node_jws_rs256_public_pem[] =
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAjpmz2n4hJlmH719J6S9a\n2oLswwHIFSzZG/"
    "jX1mzbxQRreMgM1CCrrUdeQx5VTcm6xbNIKbKOVWMlqNquav9t\nm97bTMst86fzfoG/ZG2jxo7L9MTt1zMVCFHTMPtgVlCVvfEp5msC7RtF"
    "h3omAEZH\nI7gKuLcYYrYFhcxcYbO71u+X+mGbwf6xMjzhmOZVNaqecN2NFIGY5fTsvHZwphAj\nIT23Hq8q30UeWspmsOKcjF/FCwD7Ydu0"
    "wjM6H7clLRC9Oj9Wmd1G744ZyS2uVZIG\niBy59cjl8mxw+juEVAlhw+WJgRCXnQb4zezIS+bhH6nh5Y0zx2AE155RT7hr+U3H\nSwIDAQAB"
    "\n-----END PUBLIC KEY-----\n";

/* Not to be taken where the key is for RS256 alone, as its JWK says: a good PS256 signature by it. */
static const char node_jws_ps256_with_rs256_key[] =
    "eyJhbGciOiJQUzI1NiIsImtpZCI6Im5vZGUtcnMyNTYiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic"
    "3ViIjoiYWdlbnRfMSIsImF1ZCI6Imh0dHBzOi8vdmVyaWZpZXIuZXhhbXBsZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAzNjAwL"
    "CJqdGkiOiJqLTEiLCJzY29yZSI6ODd9.OGbJJQ89lV8Cy_PtqnszKLlGucoRkrVvgoa2ixhJ1h_qFfGIE01y7yInlE4R8f-9NNrdvqJXXLSD"
    "WbtNL7yDsT-QJfd_N2iyeG74NoqlbtDiwDVWXexP1t0mCxOiqq8FgxW8x8ZKwmCTHJV68ehEb8NzRKsVfak6DqQ9FMUP-Tpqe1SouowNkHcs"
    "Dz8AhKWJcMH4Is3mYscJYppqGFR2TvqkEigT8m7bJ1jyI_bFzjI2oKxDW6FJRVH1K-NedAoLIBlm4YP0Sy6AzRhuBRpHeRLlMKmb885QnBx6"
    "imgYgTZf0sSRIxdxdIBAfxoIjLrRqY6fb8F1yJIJBlfCwmUWtA";

#endif
