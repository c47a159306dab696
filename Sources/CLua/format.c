// `string.format`. Each conversion is paid for, since a float of a hundred places takes a microsecond.
#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patterns.h"

enum {
  ITEM_MAX = 120,                     // an integer, or a float with an exponent, of two-digit width and precision
  FLOAT_MAX_LENGTH = 110 + DBL_MAX_10_EXP,  // %99.99f of the largest double
  SPECIFIER_MAX = 32,
  UNITS_PER_ITEM = 16,
  BYTES_PER_UNIT = 16,
};

// %[flags][width][.precision]conversion
typedef struct Specifier {
  char text[SPECIFIER_MAX];
  size_t length;       // without the conversion
  bool has_precision;
  bool is_bare;        // neither flags nor width nor precision
  char conversion;
} Specifier;

_Noreturn static void invalid(lua_State *L, const char *text, size_t length) {
  if (length >= SPECIFIER_MAX - 8) luaL_error(L, "invalid format (too long)");
  luaL_error(L, "invalid conversion '%%%s' to 'format'", lua_pushlstring(L, text, length));
  abort();
}

// The characters between the % and the conversion; `text` is behind the %.
static size_t span_of(const char *text) { return strspn(text, "-+#0 0123456789."); }

static size_t two_digits(const char *text) {
  if (!isdigit((unsigned char)text[0])) return 0;
  return isdigit((unsigned char)text[1]) ? 2 : 1;
}

// Checks a specifier against what its conversion allows.
static void check(lua_State *L, const Specifier *specifier, const char *flags, bool precision) {
  const char *at = specifier->text + 1, *end = specifier->text + specifier->length;
  at += strspn(at, flags);
  if (*at != '0') at += two_digits(at);
  if (precision && *at == '.') {
    at++;
    at += two_digits(at);
  }
  if (at != end) luaL_error(L, "invalid conversion specification: '%s'", specifier->text);
}

static const char *read_specifier(lua_State *L, const char *text, Specifier *specifier) {
  size_t length = span_of(text);
  if (length >= SPECIFIER_MAX - 8) luaL_error(L, "invalid format (too long)");
  specifier->text[0] = '%';
  memcpy(specifier->text + 1, text, length);
  specifier->length = length + 1;
  specifier->conversion = text[length];
  specifier->text[length + 1] = text[length];
  specifier->text[length + 2] = 0;
  specifier->has_precision = memchr(text, '.', length) != NULL;
  specifier->is_bare = length == 0;
  return text + length + 1;
}

// Puts a length modifier before the conversion.
static const char *with_modifier(Specifier *specifier) {
  memcpy(specifier->text + specifier->length, "ll", 2);
  specifier->text[specifier->length + 2] = specifier->conversion;
  specifier->text[specifier->length + 3] = 0;
  return specifier->text;
}

static void add_quoted_string(lua_State *L, luaL_Buffer *buffer, const char *text, size_t length) {
  luaL_addchar(buffer, '"');
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (i % 65536 == 0) clua_charge(L, 65536 / BYTES_PER_UNIT);
    if (byte == '"' || byte == '\\' || byte == '\n') {
      luaL_addchar(buffer, '\\');
      luaL_addchar(buffer, (char)byte);
    } else if (iscntrl(byte)) {
      char escape[8];
      bool digit_follows = i + 1 < length && isdigit((unsigned char)text[i + 1]);
      snprintf(escape, sizeof escape, digit_follows ? "\\%03d" : "\\%d", byte);
      luaL_addstring(buffer, escape);
    } else {
      luaL_addchar(buffer, (char)byte);
    }
  }
  luaL_addchar(buffer, '"');
}

static void add_quoted_number(lua_State *L, luaL_Buffer *buffer, int index) {
  char text[ITEM_MAX];
  if (lua_isinteger(L, index)) {
    long long value = lua_tointeger(L, index);
    // The smallest integer has no decimal literal.
    snprintf(text, sizeof text, value == LUA_MININTEGER ? "0x%llx" : "%lld", value);
  } else {
    double value = lua_tonumber(L, index);
    if (value == HUGE_VAL) strcpy(text, "1e9999");
    else if (value == -HUGE_VAL) strcpy(text, "-1e9999");
    else if (value != value) strcpy(text, "(0/0)");
    else snprintf(text, sizeof text, "%a", value);
  }
  luaL_addstring(buffer, text);
}

static void add_quoted(lua_State *L, luaL_Buffer *buffer, int index) {
  size_t length;
  switch (lua_type(L, index)) {
    case LUA_TSTRING: {
      const char *text = lua_tolstring(L, index, &length);
      add_quoted_string(L, buffer, text, length);
      break;
    }
    case LUA_TNUMBER: add_quoted_number(L, buffer, index); break;
    case LUA_TNIL:
    case LUA_TBOOLEAN:
      luaL_tolstring(L, index, NULL);
      luaL_addvalue(buffer);
      break;
    default: luaL_argerror(L, index, "value has no literal form");
  }
}

static void add_string(lua_State *L, luaL_Buffer *buffer, const Specifier *specifier, int index) {
  size_t length;
  const char *text = luaL_tolstring(L, index, &length);
  clua_charge(L, length / BYTES_PER_UNIT);
  if (specifier->is_bare) {
    luaL_addvalue(buffer);
    return;
  }
  luaL_argcheck(L, length == strlen(text), index, "string contains zeros");
  check(L, specifier, "-", true);
  if (!specifier->has_precision && length >= 100) {
    luaL_addvalue(buffer);
    return;
  }
  // Without a precision it has fewer than 100 bytes; with one, and any width, at most 99 are written.
  char item[ITEM_MAX];
  int written = snprintf(item, sizeof item, specifier->text, text);
  lua_pop(L, 1);
  luaL_addlstring(buffer, item, (size_t)written);
}

static void add_pointer(lua_State *L, luaL_Buffer *buffer, Specifier *specifier, int index) {
  check(L, specifier, "-", false);
  const void *pointer = lua_topointer(L, index);
  char item[ITEM_MAX];
  if (pointer == NULL) specifier->text[specifier->length] = 's';
  int written = pointer == NULL ? snprintf(item, sizeof item, specifier->text, "(null)")
                                : snprintf(item, sizeof item, specifier->text, pointer);
  luaL_addlstring(buffer, item, (size_t)written);
}

static void add_float(lua_State *L, luaL_Buffer *buffer, const Specifier *specifier, int index) {
  double value = luaL_checknumber(L, index);
  check(L, specifier, "-+#0 ", true);
  char *item = luaL_prepbuffsize(buffer, FLOAT_MAX_LENGTH);
  int written = snprintf(item, FLOAT_MAX_LENGTH, specifier->text, value);
  luaL_addsize(buffer, (size_t)written);
}

static void add_integer(lua_State *L, luaL_Buffer *buffer, Specifier *specifier, int index, const char *flags) {
  long long value = luaL_checkinteger(L, index);
  check(L, specifier, flags, true);
  char item[ITEM_MAX];
  int written = snprintf(item, sizeof item, with_modifier(specifier), value);
  luaL_addlstring(buffer, item, (size_t)written);
}

static void add_item(lua_State *L, luaL_Buffer *buffer, Specifier *specifier, int index) {
  char item[ITEM_MAX];
  switch (specifier->conversion) {
    case 'c': {
      check(L, specifier, "-", false);
      int written = snprintf(item, sizeof item, specifier->text, (int)luaL_checkinteger(L, index));
      luaL_addlstring(buffer, item, (size_t)written);
      break;
    }
    case 'd':
    case 'i': add_integer(L, buffer, specifier, index, "-+0 "); break;
    case 'u': add_integer(L, buffer, specifier, index, "-0"); break;
    case 'o':
    case 'x':
    case 'X': add_integer(L, buffer, specifier, index, "-#0"); break;
    case 'a':
    case 'A': check(L, specifier, "-+#0 ", true); add_float(L, buffer, specifier, index); break;
    case 'f':
    case 'e':
    case 'E':
    case 'g':
    case 'G': add_float(L, buffer, specifier, index); break;
    case 'p': add_pointer(L, buffer, specifier, index); break;
    case 'q':
      if (!specifier->is_bare) luaL_error(L, "specifier '%%q' cannot have modifiers");
      add_quoted(L, buffer, index);
      break;
    case 's': add_string(L, buffer, specifier, index); break;
    default: invalid(L, specifier->text + 1, specifier->length - (specifier->conversion == 0));
  }
}

int clua_string_format(lua_State *L) {
  int count = lua_gettop(L), index = 1;
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length), *end = text + length;
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  while (text < end) {
    const char *percent = memchr(text, '%', (size_t)(end - text));
    luaL_addlstring(&buffer, text, (size_t)((percent != NULL ? percent : end) - text));
    if (percent == NULL) break;
    text = percent + 1;
    if (*text == '%') {
      luaL_addchar(&buffer, '%');
      text++;
      continue;
    }
    clua_charge(L, UNITS_PER_ITEM);
    if (++index > count) return luaL_argerror(L, index, "no value");
    Specifier specifier;
    text = read_specifier(L, text, &specifier);
    add_item(L, &buffer, &specifier, index);
  }
  luaL_pushresult(&buffer);
  return 1;
}
