/* SPDX-License-Identifier: MIT */
/* codec/time.c: RFC 3339 and HTTP dates, in the Gregorian calendar from 1970 to 9999, without a libc clock or locale.
 */
#include "codec/text.h"

#define ARMALO_I_DAY_MS INT64_C(86400000)

static int armalo_i_leap(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int64_t armalo_i_month_days(int64_t year, int64_t month) {
    static const unsigned char armalo_i_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return armalo_i_days[month - 1] + (month == 2 && armalo_i_leap(year) ? 1 : 0);
}

/* Days from 1970-01-01 to the first of January of year. */
static int64_t armalo_i_year_days(int64_t year) {
    int64_t before = year - 1;
    return (year - 1970) * 365 + (before / 4 - before / 100 + before / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

/* Reads exactly count digits at *at; 1, or 0 if there are fewer. */
static int armalo_i_digits(armalo_i_span text, size_t *at, size_t count, int64_t *value) {
    if (text.len - *at < count) return 0;
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        char c = text.ptr[*at + i];
        if (c < '0' || c > '9') return 0;
        sum = sum * 10 + (c - '0');
    }
    *at += count;
    *value = sum;
    return 1;
}

static int armalo_i_literal(armalo_i_span text, size_t *at, const char *literal) {
    armalo_i_span wanted = armalo_i_span_text(literal);
    if (text.len - *at < wanted.len) return 0;
    if (!armalo_i_span_equal(armalo_i_span_of(text.ptr + *at, wanted.len), wanted)) return 0;
    *at += wanted.len;
    return 1;
}

/* HH:MM:SS, in milliseconds. RFC 3339 5.7 knows second 60 in a leap second; here it has no meaning, so it is refused.
 */
static int armalo_i_clock(armalo_i_span text, size_t *at, int64_t *ms) {
    int64_t hour, minute, second;
    if (!armalo_i_digits(text, at, 2, &hour) || !armalo_i_literal(text, at, ":") ||
        !armalo_i_digits(text, at, 2, &minute) || !armalo_i_literal(text, at, ":") ||
        !armalo_i_digits(text, at, 2, &second))
        return 0;
    if (hour > 23 || minute > 59 || second > 59) return 0;
    *ms = ((hour * 60 + minute) * 60 + second) * 1000;
    return 1;
}

/* Days since the epoch, or -1 if there is no such day. */
static int64_t armalo_i_date_days(int64_t year, int64_t month, int64_t day) {
    if (year < 1970 || year > 9999 || month < 1 || month > 12) return -1;
    if (day < 1 || day > armalo_i_month_days(year, month)) return -1;
    int64_t days = armalo_i_year_days(year) + day - 1;
    for (int64_t m = 1; m < month; m++) days += armalo_i_month_days(year, m);
    return days;
}

/* An optional fraction: milliseconds are kept, finer digits are cut off. */
static int armalo_i_fraction(armalo_i_span text, size_t *at, int64_t *ms) {
    *ms = 0;
    if (!armalo_i_literal(text, at, ".")) return 1;
    size_t count = 0;
    for (int64_t scale = 100; *at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9'; scale /= 10, count++)
        *ms += (text.ptr[(*at)++] - '0') * scale;
    return count >= 1 && count <= 9;
}

/* "Z", or "+HH:MM" or "-HH:MM". */
static int armalo_i_offset(armalo_i_span text, size_t *at, int64_t *ms) {
    *ms = 0;
    if (armalo_i_literal(text, at, "Z")) return 1;
    int64_t sign, hour, minute;
    if (armalo_i_literal(text, at, "+"))
        sign = 1;
    else if (armalo_i_literal(text, at, "-"))
        sign = -1;
    else
        return 0;
    if (!armalo_i_digits(text, at, 2, &hour) || !armalo_i_literal(text, at, ":") ||
        !armalo_i_digits(text, at, 2, &minute) || hour > 23 || minute > 59)
        return 0;
    *ms = sign * (hour * 60 + minute) * 60000;
    return 1;
}

int armalo_i_time_parse(armalo_i_span text, int64_t *ms) {
    size_t at = 0;
    int64_t year, month, day, clock, fraction, offset;
    if (!armalo_i_digits(text, &at, 4, &year) || !armalo_i_literal(text, &at, "-") ||
        !armalo_i_digits(text, &at, 2, &month) || !armalo_i_literal(text, &at, "-") ||
        !armalo_i_digits(text, &at, 2, &day) || !armalo_i_literal(text, &at, "T") ||
        !armalo_i_clock(text, &at, &clock) || !armalo_i_fraction(text, &at, &fraction) ||
        !armalo_i_offset(text, &at, &offset) || at != text.len)
        return 0;
    int64_t days = armalo_i_date_days(year, month, day);
    if (days < 0) return 0;
    int64_t sum = days * ARMALO_I_DAY_MS + clock + fraction - offset;
    if (sum < 0 || sum > ARMALO_I_TIME_MAX_MS) return 0; /* an offset can lead out of the years */
    *ms = sum;
    return 1;
}

/* The three letters at text[at] are those at name. */
static int armalo_i_three(armalo_i_span text, size_t at, const char *name) {
    return armalo_i_span_equal(armalo_i_span_of(text.ptr + at, 3), armalo_i_span_of(name, 3));
}

int armalo_i_http_date_parse(armalo_i_span text, int64_t *ms) {
    static const char armalo_i_weekdays[] = "ThuFriSatSunMonTueWed"; /* from 1970-01-01 on */
    static const char armalo_i_months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    size_t at = 3, month = 0;
    int64_t day, year, clock;
    if (text.len != 29 || !armalo_i_literal(text, &at, ", ") || !armalo_i_digits(text, &at, 2, &day) ||
        !armalo_i_literal(text, &at, " "))
        return 0;
    while (month < 12 && !armalo_i_three(text, at, armalo_i_months + 3 * month)) month++;
    at += 3;
    if (month == 12 || !armalo_i_literal(text, &at, " ") || !armalo_i_digits(text, &at, 4, &year) ||
        !armalo_i_literal(text, &at, " ") || !armalo_i_clock(text, &at, &clock) || !armalo_i_literal(text, &at, " GMT"))
        return 0;
    int64_t days = armalo_i_date_days(year, (int64_t)month + 1, day);
    if (days < 0 || !armalo_i_three(text, 0, armalo_i_weekdays + 3 * (days % 7))) return 0;
    *ms = days * ARMALO_I_DAY_MS + clock;
    return 1;
}

/* Writes value in exactly count digits and returns what follows. */
static char *armalo_i_put_digits(char *out, int64_t value, size_t count) {
    for (size_t i = count; i > 0; i--, value /= 10) out[i - 1] = (char)('0' + value % 10);
    return out + count;
}

size_t armalo_i_time_text(int64_t ms, char *out) {
    out[0] = '\0';
    if (ms < 0 || ms > ARMALO_I_TIME_MAX_MS) return 0;
    int64_t days = ms / ARMALO_I_DAY_MS, rest = ms % ARMALO_I_DAY_MS;
    int64_t year = 1970 + days / 366, month = 1;
    while (armalo_i_year_days(year + 1) <= days) year++;
    days -= armalo_i_year_days(year);
    for (; days >= armalo_i_month_days(year, month); month++) days -= armalo_i_month_days(year, month);
    char *at = armalo_i_put_digits(out, year, 4);
    *at++ = '-';
    at = armalo_i_put_digits(at, month, 2);
    *at++ = '-';
    at = armalo_i_put_digits(at, days + 1, 2);
    *at++ = 'T';
    at = armalo_i_put_digits(at, rest / 3600000, 2);
    *at++ = ':';
    at = armalo_i_put_digits(at, rest / 60000 % 60, 2);
    *at++ = ':';
    at = armalo_i_put_digits(at, rest / 1000 % 60, 2);
    *at++ = '.';
    at = armalo_i_put_digits(at, rest % 1000, 3);
    *at++ = 'Z';
    *at = '\0';
    return ARMALO_I_TIME_LEN;
}
