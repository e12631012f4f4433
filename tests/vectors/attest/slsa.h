/* SPDX-License-Identifier: MIT */
/* The build provenance of the npm package gundam-visor 1.0.1, as the registry serves it: github.com/slsa-framework/
 * slsa-verifier, cli/slsa-verifier/testdata/npm/gha/gundam-visor-cli-v1-tag.tgz.json, the second attestation. */
#ifndef ARMALO_VECTORS_SLSA_H
#define ARMALO_VECTORS_SLSA_H

/* The payload: an in-toto Statement v1 with SLSA provenance v1. */
static const char slsa_statement[] =
    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"pkg:npm/gundam-visor@1.0.1\",\"d"
    "igest\":{\"sha512\":\"8d9d7972f676516c75014aa074e11ae604d98f0b64ec6725a61e2838ff3dab162118fa71433fb31e15"
    "50d30bd0dec9d086ce032b94457b583900c507acf39c40\"}}],\"predicateType\":\"https://slsa.dev/provenance/v1\""
    ",\"predicate\":{\"buildDefinition\":{\"buildType\":\"https://slsa-framework.github.io/github-actions-bui"
    "ldtypes/workflow/v1\",\"externalParameters\":{\"workflow\":{\"ref\":\"refs/tags/v1.0.1\",\"repository\":"
    "\"https://github.com/ramonpetgrave64/gundam-visor\",\"path\":\".github/workflows/npm-publish.yml\"}},\"i"
    "nternalParameters\":{\"github\":{\"event_name\":\"release\",\"repository_id\":\"810002373\",\"repository"
    "_owner_id\":\"32398091\"}},\"resolvedDependencies\":[{\"uri\":\"git+https://github.com/ramonpetgrave64/g"
    "undam-visor@refs/tags/v1.0.1\",\"digest\":{\"gitCommit\":\"599500821344b070902a7a5666064bfdaba715df\"}}]"
    "},\"runDetails\":{\"builder\":{\"id\":\"https://github.com/actions/runner/github-hosted\"},\"metadata\":"
    "{\"invocationId\":\"https://github.com/ramonpetgrave64/gundam-visor/actions/runs/9358004112/attempts/1\""
    "}}}}";

/* The DSSE envelope. Its signature is ECDSA over P-256 and SHA-256, in DER; its key id is empty. */
static const char slsa_envelope[] =
    "{\"payload\":\"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoicGtnO"
    "m5wbS9ndW5kYW0tdmlzb3JAMS4wLjEiLCJkaWdlc3QiOnsic2hhNTEyIjoiOGQ5ZDc5NzJmNjc2NTE2Yzc1MDE0YWEwNzRlMTFhZTYwN"
    "GQ5OGYwYjY0ZWM2NzI1YTYxZTI4MzhmZjNkYWIxNjIxMThmYTcxNDMzZmIzMWUxNTUwZDMwYmQwZGVjOWQwODZjZTAzMmI5NDQ1N2I1O"
    "DM5MDBjNTA3YWNmMzljNDAifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9zbHNhLmRldi9wcm92ZW5hbmNlL3YxIiwicHJlZGljY"
    "XRlIjp7ImJ1aWxkRGVmaW5pdGlvbiI6eyJidWlsZFR5cGUiOiJodHRwczovL3Nsc2EtZnJhbWV3b3JrLmdpdGh1Yi5pby9naXRodWItY"
    "WN0aW9ucy1idWlsZHR5cGVzL3dvcmtmbG93L3YxIiwiZXh0ZXJuYWxQYXJhbWV0ZXJzIjp7IndvcmtmbG93Ijp7InJlZiI6InJlZnMvd"
    "GFncy92MS4wLjEiLCJyZXBvc2l0b3J5IjoiaHR0cHM6Ly9naXRodWIuY29tL3JhbW9ucGV0Z3JhdmU2NC9ndW5kYW0tdmlzb3IiLCJwY"
    "XRoIjoiLmdpdGh1Yi93b3JrZmxvd3MvbnBtLXB1Ymxpc2gueW1sIn19LCJpbnRlcm5hbFBhcmFtZXRlcnMiOnsiZ2l0aHViIjp7ImV2Z"
    "W50X25hbWUiOiJyZWxlYXNlIiwicmVwb3NpdG9yeV9pZCI6IjgxMDAwMjM3MyIsInJlcG9zaXRvcnlfb3duZXJfaWQiOiIzMjM5ODA5M"
    "SJ9fSwicmVzb2x2ZWREZXBlbmRlbmNpZXMiOlt7InVyaSI6ImdpdCtodHRwczovL2dpdGh1Yi5jb20vcmFtb25wZXRncmF2ZTY0L2d1b"
    "mRhbS12aXNvckByZWZzL3RhZ3MvdjEuMC4xIiwiZGlnZXN0Ijp7ImdpdENvbW1pdCI6IjU5OTUwMDgyMTM0NGIwNzA5MDJhN2E1NjY2M"
    "DY0YmZkYWJhNzE1ZGYifX1dfSwicnVuRGV0YWlscyI6eyJidWlsZGVyIjp7ImlkIjoiaHR0cHM6Ly9naXRodWIuY29tL2FjdGlvbnMvc"
    "nVubmVyL2dpdGh1Yi1ob3N0ZWQifSwibWV0YWRhdGEiOnsiaW52b2NhdGlvbklkIjoiaHR0cHM6Ly9naXRodWIuY29tL3JhbW9ucGV0Z"
    "3JhdmU2NC9ndW5kYW0tdmlzb3IvYWN0aW9ucy9ydW5zLzkzNTgwMDQxMTIvYXR0ZW1wdHMvMSJ9fX19\",\"payloadType\":\"appl"
    "ication/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"MEUCIQDUOWLBiR+G2Bxb+lUXc2xxqnBZeqwdV0gYk8nar90ghw"
    "IgalqnZSKrzMGYEY05G5wMMPtZVWR5Z5nx1xmyzrSGMFI=\",\"keyid\":\"\"}]}";

/* The signer: DER in base64, valid for ten minutes from 2024-06-03T22:17:59Z. */
static const char slsa_certificate[] =
    "MIIHFDCCBpqgAwIBAgIUe/xsdeBrx9PMQYoY7cRlkLxuZf4wCgYIKoZIzj0EAwMwNzEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MR4wHAYD"
    "VQQDExVzaWdzdG9yZS1pbnRlcm1lZGlhdGUwHhcNMjQwNjAzMjIxNzU5WhcNMjQwNjAzMjIyNzU5WjAAMFkwEwYHKoZIzj0CAQYIKoZI"
    "zj0DAQcDQgAEf/iKtAQ86ZsbgoXrkQNvu6OLmXcuMXYgpHU/XJQO5afLETZuxykSsmwIziETy8hvqnoBnevG3OKmc8gOb+083KOCBbkw"
    "ggW1MA4GA1UdDwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDAzAdBgNVHQ4EFgQUUE/EwyC2j20U+0ltVTFPAqztrnMwHwYDVR0j"
    "BBgwFoAU39Ppz1YkEZb5qNjpKFWixi4YZD8wcAYDVR0RAQH/BGYwZIZiaHR0cHM6Ly9naXRodWIuY29tL3JhbW9ucGV0Z3JhdmU2NC9n"
    "dW5kYW0tdmlzb3IvLmdpdGh1Yi93b3JrZmxvd3MvbnBtLXB1Ymxpc2gueW1sQHJlZnMvdGFncy92MS4wLjEwOQYKKwYBBAGDvzABAQQr"
    "aHR0cHM6Ly90b2tlbi5hY3Rpb25zLmdpdGh1YnVzZXJjb250ZW50LmNvbTAVBgorBgEEAYO/MAECBAdyZWxlYXNlMDYGCisGAQQBg78w"
    "AQMEKDU5OTUwMDgyMTM0NGIwNzA5MDJhN2E1NjY2MDY0YmZkYWJhNzE1ZGYwJgYKKwYBBAGDvzABBAQYUHVibGlzaCBQYWNrYWdlIHRv"
    "IG5wbWpzMCoGCisGAQQBg78wAQUEHHJhbW9ucGV0Z3JhdmU2NC9ndW5kYW0tdmlzb3IwHgYKKwYBBAGDvzABBgQQcmVmcy90YWdzL3Yx"
    "LjAuMTA7BgorBgEEAYO/MAEIBC0MK2h0dHBzOi8vdG9rZW4uYWN0aW9ucy5naXRodWJ1c2VyY29udGVudC5jb20wcgYKKwYBBAGDvzAB"
    "CQRkDGJodHRwczovL2dpdGh1Yi5jb20vcmFtb25wZXRncmF2ZTY0L2d1bmRhbS12aXNvci8uZ2l0aHViL3dvcmtmbG93cy9ucG0tcHVi"
    "bGlzaC55bWxAcmVmcy90YWdzL3YxLjAuMTA4BgorBgEEAYO/MAEKBCoMKDU5OTUwMDgyMTM0NGIwNzA5MDJhN2E1NjY2MDY0YmZkYWJh"
    "NzE1ZGYwHQYKKwYBBAGDvzABCwQPDA1naXRodWItaG9zdGVkMD8GCisGAQQBg78wAQwEMQwvaHR0cHM6Ly9naXRodWIuY29tL3JhbW9u"
    "cGV0Z3JhdmU2NC9ndW5kYW0tdmlzb3IwOAYKKwYBBAGDvzABDQQqDCg1OTk1MDA4MjEzNDRiMDcwOTAyYTdhNTY2NjA2NGJmZGFiYTcx"
    "NWRmMCAGCisGAQQBg78wAQ4EEgwQcmVmcy90YWdzL3YxLjAuMTAZBgorBgEEAYO/MAEPBAsMCTgxMDAwMjM3MzAyBgorBgEEAYO/MAEQ"
    "BCQMImh0dHBzOi8vZ2l0aHViLmNvbS9yYW1vbnBldGdyYXZlNjQwGAYKKwYBBAGDvzABEQQKDAgzMjM5ODA5MTByBgorBgEEAYO/MAES"
    "BGQMYmh0dHBzOi8vZ2l0aHViLmNvbS9yYW1vbnBldGdyYXZlNjQvZ3VuZGFtLXZpc29yLy5naXRodWIvd29ya2Zsb3dzL25wbS1wdWJs"
    "aXNoLnltbEByZWZzL3RhZ3MvdjEuMC4xMDgGCisGAQQBg78wARMEKgwoNTk5NTAwODIxMzQ0YjA3MDkwMmE3YTU2NjYwNjRiZmRhYmE3"
    "MTVkZjAXBgorBgEEAYO/MAEUBAkMB3JlbGVhc2UwYgYKKwYBBAGDvzABFQRUDFJodHRwczovL2dpdGh1Yi5jb20vcmFtb25wZXRncmF2"
    "ZTY0L2d1bmRhbS12aXNvci9hY3Rpb25zL3J1bnMvOTM1ODAwNDExMi9hdHRlbXB0cy8xMBYGCisGAQQBg78wARYECAwGcHVibGljMIGK"
    "BgorBgEEAdZ5AgQCBHwEegB4AHYA3T0wasbHETJjGR4cmWc3AqJKXrjePK3/h4pygC8p7o4AAAGP4C5DIQAABAMARzBFAiEA06IAP6Pi"
    "dvG6JVOU/ZuAclcBmMGblXx/h4oILvv0RVYCICb5qhePD0X9uusYa3Yf41/hx6kuxs2ORJpFLKUtcEU/MAoGCCqGSM49BAMDA2gAMGUC"
    "MQC3nFK5hx4cuz+oeNLFDJFBJfGHqr1zwMQFNuiOb06LXEVnec1OJdibNkYwuUY6ozkCMAVgVb1fkdjdGO9cxqxIK5ZsV9lhbAGeyTJv"
    "ojiFdladJQ8M7KY8x1+EC5VexGkpww==";

/* The certificate's public key. */
static const char slsa_public_pem[] = "-----BEGIN PUBLIC KEY-----\n"
                                      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf/iKtAQ86ZsbgoXrkQNvu6OLmXcu\n"
                                      "MXYgpHU/XJQO5afLETZuxykSsmwIziETy8hvqnoBnevG3OKmc8gOb+083A==\n"
                                      "-----END PUBLIC KEY-----\n";

static const char slsa_public_x_hex[] = "7ff88ab4043ce99b1b8285eb91036fbba38b99772e317620a4753f5c940ee5a7";
static const char slsa_public_y_hex[] = "cb11366ec72912b26c08ce2113cbc86faa7a019debc6dce2a673c80e6fed3cdc";

#endif
