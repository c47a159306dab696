// Decimal text of doubles, both ways, exact and independent of the locale. Writing gives the shortest text that reads back as the same
// double (Giulietti's Schubfach); reading multiplies with a 128-bit power (Eisel and Lemire) and leaves the rare tie to the C library.
#define _GNU_SOURCE
#include <locale.h>
#include <math.h>

#include "data.h"
#include "powers.h"

typedef unsigned __int128 wide;

static const char two_digits[] =
  "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566"
  "676869707172737475767778798081828384858687888990919293949596979899";

// Writes the digits of `value` so that they end at `end`; answers where they start.
static uint8_t *write_digits(uint8_t *end, uint64_t value) {
  while (value >= 100) {
    end -= 2;
    memcpy(end, two_digits + value % 100 * 2, 2);
    value /= 100;
  }
  if (value >= 10) {
    end -= 2;
    memcpy(end, two_digits + value * 2, 2);
  } else {
    *--end = (uint8_t)('0' + value);
  }
  return end;
}

size_t clua_write_integer(uint8_t *out, int64_t value) {
  uint8_t buffer[24], *end = buffer + sizeof buffer;
  uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  uint8_t *start = write_digits(end, magnitude);
  if (value < 0) *--start = '-';
  memcpy(out, start, (size_t)(end - start));
  return (size_t)(end - start);
}

// digits * 10^exponent
typedef struct Decimal {
  uint64_t digits;
  int exponent;
} Decimal;

static int floor_shift(int64_t value, int shift) { return (int)(value >> shift); }

// The product's upper 64 bits with all lower ones folded into the last.
static uint64_t round_to_odd(const uint64_t power[2], uint64_t factor) {
  wide low = (wide)power[1] * factor;
  wide high = (wide)power[0] * factor + (uint64_t)(low >> 64);
  return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

// The shortest decimal inside the rounding interval of a finite, positive double; of several, the nearest.
static Decimal shortest(uint64_t fraction, unsigned biased) {
  uint64_t c = biased != 0 ? fraction | (uint64_t)1 << 52 : fraction;
  int q = biased != 0 ? (int)biased - 1075 : -1074;
  bool narrow = fraction == 0 && biased > 1;
  uint64_t odd = c & 1;
  int k = floor_shift((int64_t)q * 1262611 - (narrow ? 524031 : 0), 22);
  int h = q + floor_shift((int64_t)-k * 1741647, 19) + 1;
  uint64_t power[2] = {clua_powers[-k - CLUA_POWER_MIN][0], clua_powers[-k - CLUA_POWER_MIN][1]};
  if (-k < 0 || -k > 55) power[0] += ++power[1] == 0;
  uint64_t lower = round_to_odd(power, (4 * c - 2 + narrow) << h) + odd;
  uint64_t middle = round_to_odd(power, (4 * c) << h);
  uint64_t upper = round_to_odd(power, (4 * c + 2) << h) - odd;
  uint64_t s = middle / 4;
  if (s >= 10) {
    uint64_t tens = s / 10;
    bool down = lower <= 40 * tens, up = 40 * tens + 40 <= upper;
    if (down != up) return (Decimal){tens + up, k + 1};
  }
  bool down = lower <= 4 * s, up = 4 * s + 4 <= upper;
  if (down != up) return (Decimal){s + up, k};
  uint64_t half = 4 * s + 2;
  return (Decimal){s + (middle > half || (middle == half && (s & 1))), k};
}

// Digits with a point or an exponent, so that it reads back as a float.
static size_t lay_out(uint8_t *out, Decimal decimal) {
  while (decimal.digits % 10 == 0 && decimal.digits != 0) {
    decimal.digits /= 10;
    decimal.exponent++;
  }
  uint8_t buffer[24], *end = buffer + sizeof buffer, *start = write_digits(end, decimal.digits);
  int count = (int)(end - start), point = count + decimal.exponent;
  uint8_t *at = out;
  if (point > 0 && point <= 17) {
    for (int i = 0; i < (point > count ? point : count); i++) {
      if (i == point) *at++ = '.';
      *at++ = i < count ? start[i] : '0';
    }
    if (point >= count) { *at++ = '.'; *at++ = '0'; }
  } else if (point <= 0 && point > -5) {
    *at++ = '0';
    *at++ = '.';
    for (int i = point; i < 0; i++) *at++ = '0';
    memcpy(at, start, (size_t)count);
    at += count;
  } else {
    *at++ = start[0];
    if (count > 1) *at++ = '.';
    memcpy(at, start + 1, (size_t)(count - 1));
    at += count - 1;
    *at++ = 'e';
    if (point > 0) *at++ = '+';
    at += clua_write_integer(at, point - 1);
  }
  return (size_t)(at - out);
}

size_t clua_write_double(uint8_t *out, double value) {
  uint64_t bits;
  memcpy(&bits, &value, 8);
  size_t sign = bits >> 63;
  if (sign) out[0] = '-';
  uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
  unsigned biased = (unsigned)(bits >> 52) & 0x7FF;
  if (fraction == 0 && biased == 0) {
    memcpy(out + sign, "0.0", 3);
    return sign + 3;
  }
  double magnitude = fabs(value);
  if (magnitude < 9007199254740992.0 && magnitude == (double)(uint64_t)magnitude) {
    size_t length = sign + clua_write_integer(out + sign, (int64_t)magnitude);
    memcpy(out + length, ".0", 2);
    return length + 2;
  }
  return sign + lay_out(out + sign, shortest(fraction, biased));
}

static double assemble(uint64_t mantissa, int power) {
  uint64_t bits = (mantissa & (((uint64_t)1 << 52) - 1)) | (uint64_t)power << 52;
  double value;
  memcpy(&value, &bits, 8);
  return value;
}

// The double nearest to w * 10^q, or false where 128 bits cannot tell.
static bool multiply(uint64_t w, int64_t q, double *result) {
  if (w == 0 || q < CLUA_POWER_MIN) return *result = 0, true;
  if (q > 308) return *result = HUGE_VAL, true;
  int zeros = __builtin_clzll(w);
  w <<= zeros;
  uint64_t power[2] = {clua_powers[q - CLUA_POWER_MIN][0], clua_powers[q - CLUA_POWER_MIN][1]};
  if (q >= -27 && q < 0) power[0] += ++power[1] == 0;
  wide product = (wide)w * power[0];
  if (((uint64_t)(product >> 64) & 0x1FF) == 0x1FF) product += (uint64_t)((wide)w * power[1] >> 64);
  uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
  if (low == UINT64_MAX && (q < -27 || q > 55)) return false;
  int top = (int)(high >> 63), shift = top + 9;
  uint64_t mantissa = high >> shift;
  int exponent = floor_shift(217706 * q, 16) + 63 + top - zeros + 1023;
  if (exponent <= 0) {
    if (1 - exponent >= 64) return *result = 0, true;
    mantissa >>= 1 - exponent;
    mantissa = (mantissa + (mantissa & 1)) >> 1;
    return *result = assemble(mantissa, mantissa >> 52 != 0), true;
  }
  if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << shift == high) mantissa &= ~(uint64_t)1;
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  if (mantissa >> 53 != 0) {
    mantissa = (uint64_t)1 << 52;
    exponent++;
  }
  if (exponent >= 0x7FF) return *result = HUGE_VAL, true;
  return *result = assemble(mantissa, exponent), true;
}

static double read_slowly(const uint8_t *text, size_t length, bool *failed) {
  char small[128], *copy = length < sizeof small ? small : malloc(length + 1);
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  double value = 0;
  *failed = copy == NULL || plain == (locale_t)0;
  if (!*failed) {
    memcpy(copy, text, length);
    copy[length] = 0;
    value = strtod_l(copy, NULL, plain);
  }
  if (plain != (locale_t)0) freelocale(plain);
  if (copy != small) free(copy);
  return value;
}

double clua_read_decimal(const uint8_t *text, size_t length, uint64_t mantissa, int64_t exponent, bool cut, bool *failed) {
  static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  *failed = false;
  bool negative = text[0] == '-';
  double value, above;
  if (!cut && mantissa <= (uint64_t)1 << 53 && exponent >= -22 && exponent <= 22) {
    value = exponent < 0 ? (double)mantissa / tens[-exponent] : (double)mantissa * tens[exponent];
  } else if (!multiply(mantissa, exponent, &value)) {
    return read_slowly(text, length, failed);
  } else if (cut && (!multiply(mantissa + 1, exponent, &above) || above != value)) {
    return read_slowly(text, length, failed);
  }
  return negative ? -value : value;
}
