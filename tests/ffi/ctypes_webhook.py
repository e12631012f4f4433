# SPDX-License-Identifier: MIT
# Binds decision, host and webhook by hand, from the header alone, and checks Standard Webhooks' published vector.
from ctypes import *
import os

lib = CDLL(os.path.join(os.environ.get("BUILD", "build"), "libarmalo.so.0"))
Clock = CFUNCTYPE(c_int64, c_void_p)

def struct(name, /, **fields):
    return type(name, (Structure,), {"_fields_": list(fields.items())})

def sized(kind, /, **values):  # zeroed, struct_size set, then what there is
    return kind(struct_size=sizeof(kind), **values)

Decision = struct("Decision", grant=c_uint32, reason=c_uint32, evidence=c_int32, public_class=c_int32,
                  http_status=c_int32, mode=c_int32, labels=c_uint32, authenticated=c_uint32, decided_at_ms=c_int64,
                  request_id=c_char * 48, principal=c_char * 64, org=c_char * 64, detail=c_char * 160)
HostConfig = struct("HostConfig", struct_size=c_size_t, mode=c_int32, audit_off=c_uint32, now_ms=Clock,
                    clock_ctx=c_void_p, audit=c_void_p, audit_ctx=c_void_p, root_key=c_char_p, root_key_len=c_size_t,
                    clock_floor_ms=c_int64, source=c_char_p)
Secret = struct("Secret", text=c_char_p, text_len=c_size_t, expires_ms=c_int64)
WebhookConfig = struct("WebhookConfig", struct_size=c_size_t, endpoint=c_char_p, scheme=c_char_p, scheme_json=c_char_p,
                       scheme_json_len=c_size_t, secrets=POINTER(Secret), secret_count=c_size_t,
                       events=POINTER(c_char_p), event_count=c_size_t, any_event=c_uint32, refuse_labels=c_uint32,
                       store=c_void_p, max_body=c_size_t, tolerance_s=c_int64, lease_ms=c_int64, keep_ms=c_int64,
                       alert_after=c_uint32, reserved=c_uint32)
Header = struct("Header", name=c_char_p, name_len=c_size_t, value=c_char_p, value_len=c_size_t)
Request = struct("Request", struct_size=c_size_t, headers=POINTER(Header), header_count=c_size_t, body=c_char_p,
                 body_len=c_size_t, request_id=c_char_p, request_id_len=c_size_t)
Delivery = struct("Delivery", disposition=c_int32, reserved=c_uint32, timestamp_s=c_int64, token=c_uint64,
                  key=c_uint8 * 32, id=c_char * 256, event=c_char * 128)
for function, result in (("armalo_host_new", c_void_p), ("armalo_webhook_new", c_void_p),
                         ("armalo_reason_name", c_char_p), ("armalo_decision_public", c_char_p),
                         ("armalo_host_free", None), ("armalo_webhook_free", None)):
    getattr(lib, function).restype = result

why, delivery, clock = Decision(), Delivery(), Clock(lambda _: 1614265330000)
host = c_void_p(lib.armalo_host_new(byref(sized(HostConfig, mode=1, audit_off=0x0FF0A0D1, now_ms=clock)), byref(why)))
text = b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
config = sized(WebhookConfig, scheme=b"standard", secrets=(Secret * 1)(Secret(text, len(text))),
               secret_count=1, any_event=0x0A4EE4E7)
hook = c_void_p(lib.armalo_webhook_new(host, byref(config), byref(why)))
fields = [(b"webhook-id", b"msg_p5jXN8AQM9LWM0D4loKWxJek"), (b"webhook-timestamp", b"1614265330"),
          (b"webhook-signature", b"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
headers = (Header * 3)(*(Header(n, len(n), v, len(v)) for n, v in fields))

def verify(body):
    request = sized(Request, headers=headers, header_count=3, body=body, body_len=len(body))
    granted = lib.armalo_webhook_verify(hook, byref(request), byref(delivery), byref(why))
    public = lib.armalo_decision_public(byref(why), create_string_buffer(384), c_size_t(384), None)
    return granted, lib.armalo_reason_name(why.reason), why.http_status, delivery.id, public.split(b",")[0]

good, bad = verify(b'{"test": 2432232314}'), verify(b'{"test": 2432232315}')
checks = [host.value, hook.value, why.detail == b"", good == (1, b"core.granted", 200, fields[0][1], b'{"status":"ok"'),
          bad == (0, b"webhook.signature_mismatch", 401, b"", b'{"error":"unauthorized"}')]
lib.armalo_webhook_free(hook), lib.armalo_host_free(host)
print(f"ffi: {sum(map(bool, checks))} passed, {sum(not c for c in checks)} failed")
raise SystemExit(0 if all(checks) else 1)
