// The JSON parser: one pass over the text, either onto the Lua stack or into a tape.
#include "internal.h"
#include "parser.h"

enum {
  STACK_PER_LEVEL = 4,  // a table, a key and a value, and one to spare
  NODES_PER_CHARGE = 64,
};

static bool fail(Parser *parser, int code, const char *what) {
  parser->failed_at = parser->at;
  return clua_refuse(parser->issue, code, "%s", what);
}

static bool no_room(Parser *parser, const Bytes *bytes) {
  parser->failed_at = parser->at;
  return clua_refuse_growth(parser->issue, bytes);
}

static inline void skip_space(Parser *parser) {
  const uint8_t *at = parser->at, *end = parser->end;
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
  parser->at = at;
}

static bool unexpected(Parser *parser, const char *wanted) {
  parser->failed_at = parser->at;
  if (parser->at == parser->end) return clua_refuse(parser->issue, CLUA_DATA_SYNTAX, "the text ends where %s should be", wanted);
  uint8_t byte = *parser->at;
  if (byte > 0x20 && byte < 0x7F) return clua_refuse(parser->issue, CLUA_DATA_SYNTAX, "expected %s, found '%c'", wanted, byte);
  return clua_refuse(parser->issue, CLUA_DATA_SYNTAX, "expected %s, found byte 0x%02X", wanted, byte);
}

static bool word(Parser *parser, const char *text, size_t length) {
  if ((size_t)(parser->end - parser->at) < length || memcmp(parser->at, text, length) != 0) return unexpected(parser, "a value");
  parser->at += length;
  return true;
}

static bool boolean(Parser *parser, bool value) {
  if (!word(parser, value ? "true" : "false", value ? 4 : 5)) return false;
  if (parser->L != NULL) return lua_pushboolean(parser->L, value), true;
  return tape_word(&parser->tape, tape_header(value ? CLUA_TAPE_TRUE : CLUA_TAPE_FALSE, 0)) || no_room(parser, &parser->tape);
}

static bool null(Parser *parser) {
  if (!word(parser, "null", 4)) return false;
  if (parser->L != NULL) return lua_pushlightuserdata(parser->L, clua_json_null()), true;
  return tape_word(&parser->tape, tape_header(CLUA_TAPE_NULL, 0)) || no_room(parser, &parser->tape);
}

static bool put_integer(Parser *parser, int64_t value) {
  if (parser->L != NULL) return lua_pushinteger(parser->L, value), true;
  return clua_tape_integer(&parser->tape, value) || no_room(parser, &parser->tape);
}

static bool put_double(Parser *parser, double value) {
  if (parser->L != NULL) return lua_pushnumber(parser->L, value), true;
  return clua_tape_double(&parser->tape, value) || no_room(parser, &parser->tape);
}

// The digits of a number as they are read.
typedef struct Digits {
  uint64_t mantissa;  // of the first 19 significant digits
  int significant;    // how many those are
  int64_t exponent;   // what the mantissa is to be scaled by
  bool cut;           // digits other than zero were dropped
} Digits;

// Reads a run of digits; `scale` is -1 behind the point. False when there is none.
static bool digits(Parser *parser, Digits *number, int scale) {
  const uint8_t *at = parser->at, *start = at;
  for (; at < parser->end && (unsigned)(*at - '0') < 10; at++) {
    unsigned digit = (unsigned)(*at - '0');
    if (number->significant < 19) {
      number->mantissa = number->mantissa * 10 + digit;
      if (number->mantissa != 0) number->significant++;
      number->exponent += scale;
    } else {
      number->cut |= digit != 0;
      number->exponent += scale + 1;
    }
  }
  parser->at = at;
  return at > start || unexpected(parser, "a digit");
}

static bool exponent(Parser *parser, Digits *number) {
  bool negative = false;
  parser->at++;
  if (parser->at < parser->end && (*parser->at == '+' || *parser->at == '-')) negative = *parser->at++ == '-';
  const uint8_t *start = parser->at;
  int64_t value = 0;
  for (; parser->at < parser->end && (unsigned)(*parser->at - '0') < 10; parser->at++) {
    if (value < 100000) value = value * 10 + (*parser->at - '0');
  }
  number->exponent += negative ? -value : value;
  return parser->at > start || unexpected(parser, "a digit");
}

static bool decimal(Parser *parser, const uint8_t *start, Digits number) {
  if (parser->at < parser->end && *parser->at == '.') {
    parser->at++;
    if (!digits(parser, &number, -1)) return false;
  }
  if (parser->at < parser->end && (*parser->at | 0x20) == 'e' && !exponent(parser, &number)) return false;
  bool failed;
  double value = clua_read_decimal(start, (size_t)(parser->at - start), number.mantissa, number.exponent, number.cut, &failed);
  if (failed) return fail(parser, CLUA_DATA_MEMORY, "not enough memory");
  if (value - value != 0) {
    parser->at = start;
    return fail(parser, CLUA_DATA_SYNTAX, "the number is too large for a double");
  }
  return put_double(parser, value);
}

static bool number(Parser *parser) {
  const uint8_t *start = parser->at;
  bool negative = *start == '-';
  parser->at += negative;
  const uint8_t *first = parser->at;
  Digits number = {0};
  if (!digits(parser, &number, 0)) return false;
  if (*first == '0' && parser->at - first > 1) {
    parser->at = first;
    return fail(parser, CLUA_DATA_SYNTAX, "a number may not start with 0");
  }
  bool whole = parser->at == parser->end || (*parser->at != '.' && (*parser->at | 0x20) != 'e');
  // At most 19 digits were kept, so the mantissa itself has not wrapped.
  bool fits = number.exponent == 0 && number.mantissa <= (uint64_t)INT64_MAX + negative;
  if (whole && fits) return put_integer(parser, (int64_t)(negative ? 0 - number.mantissa : number.mantissa));
  return decimal(parser, start, number);
}

// Four hexadecimal digits, or -1.
static int hexadecimal(const uint8_t *at, const uint8_t *end) {
  if (end - at < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; i++) {
    uint8_t byte = at[i], letter = byte | 0x20;
    if ((unsigned)(byte - '0') < 10) value = value * 16 + (byte - '0');
    else if (letter >= 'a' && letter <= 'f') value = value * 16 + (letter - 'a' + 10);
    else return -1;
  }
  return value;
}

static uint8_t *put_utf8(uint8_t *out, uint32_t scalar) {
  if (scalar < 0x80) {
    *out++ = (uint8_t)scalar;
  } else if (scalar < 0x800) {
    *out++ = (uint8_t)(0xC0 | scalar >> 6);
    *out++ = (uint8_t)(0x80 | (scalar & 0x3F));
  } else if (scalar < 0x10000) {
    *out++ = (uint8_t)(0xE0 | scalar >> 12);
    *out++ = (uint8_t)(0x80 | (scalar >> 6 & 0x3F));
    *out++ = (uint8_t)(0x80 | (scalar & 0x3F));
  } else {
    *out++ = (uint8_t)(0xF0 | scalar >> 18);
    *out++ = (uint8_t)(0x80 | (scalar >> 12 & 0x3F));
    *out++ = (uint8_t)(0x80 | (scalar >> 6 & 0x3F));
    *out++ = (uint8_t)(0x80 | (scalar & 0x3F));
  }
  return out;
}

// `parser->at` is behind the "\u"; a high surrogate takes its low one along.
static uint8_t *unicode_escape(Parser *parser, uint8_t *out) {
  int unit = hexadecimal(parser->at, parser->end);
  if (unit < 0) return fail(parser, CLUA_DATA_SYNTAX, "\\u needs four hexadecimal digits"), NULL;
  uint32_t scalar = (uint32_t)unit;
  if (unit >= 0xD800 && unit < 0xE000) {
    const uint8_t *next = parser->at + 4;
    bool pair = unit < 0xDC00 && parser->end - next >= 2 && next[0] == '\\' && next[1] == 'u';
    int low = pair ? hexadecimal(next + 2, parser->end) : -1;
    if (low < 0xDC00 || low >= 0xE000) return fail(parser, CLUA_DATA_SYNTAX, "half of a surrogate pair"), NULL;
    scalar = 0x10000 + (((uint32_t)unit - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
    parser->at += 6;
  }
  parser->at += 4;
  return put_utf8(out, scalar);
}

static uint8_t *escape(Parser *parser, uint8_t *out) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  if (parser->end - parser->at < 2) {
    parser->at = parser->end;
    return unexpected(parser, "the closing quote"), NULL;
  }
  uint8_t kind = parser->at[1];
  if (kind == 'u') {
    parser->at += 2;
    return unicode_escape(parser, out);
  }
  const char *found = kind != 0 ? strchr(from, kind) : NULL;
  if (found == NULL) return fail(parser, CLUA_DATA_SYNTAX, "an unknown escape in a string"), NULL;
  parser->at += 2;
  *out++ = (uint8_t)to[found - from];
  return out;
}

// Moves over everything that stands for itself; at the end `parser->at` is at a quote or a backslash.
static bool literal_run(Parser *parser) {
  for (;;) {
    parser->at += plain_run(parser->at, parser->end);
    if (parser->at == parser->end) return unexpected(parser, "the closing quote");
    uint8_t byte = *parser->at;
    if (byte == '"' || byte == '\\') return true;
    if (byte < 0x20) return fail(parser, CLUA_DATA_SYNTAX, "a control character in a string must be escaped");
    size_t length = clua_utf8_length(parser->at, parser->end);
    if (length == 0) return fail(parser, CLUA_DATA_SYNTAX, "a string is not UTF-8");
    parser->at += length;
  }
}

// The rest of a string whose first escape is at `parser->at`, into the scratch buffer. An escape is never shorter than what it means.
static bool unescape(Parser *parser, const uint8_t *start) {
  Bytes *scratch = &parser->scratch;
  scratch->length = 0;
  const uint8_t *run = start;
  for (;;) {
    size_t length = (size_t)(parser->at - run);
    if (!reserve(scratch, length + 4)) return no_room(parser, scratch);
    memcpy(scratch->data + scratch->length, run, length);
    scratch->length += length;
    if (*parser->at == '"') return true;
    uint8_t *out = scratch->data + scratch->length, *after = escape(parser, out);
    if (after == NULL) return false;
    scratch->length += (size_t)(after - out);
    run = parser->at;
    if (!literal_run(parser)) return false;
  }
}

static bool string(Parser *parser) {
  const uint8_t *start = ++parser->at, *text = start;
  if (!literal_run(parser)) return false;
  size_t length = (size_t)(parser->at - start);
  if (*parser->at == '\\') {
    if (!unescape(parser, start)) return false;
    text = parser->scratch.data;
    length = parser->scratch.length;
  }
  parser->at++;
  if (parser->L != NULL) return lua_pushlstring(parser->L, (const char *)text, length), true;
  uint8_t *room = tape_string_room(&parser->tape, CLUA_TAPE_STRING, length);
  if (room == NULL) return no_room(parser, &parser->tape);
  if (length > 0) memcpy(room, text, length);
  return true;
}

// Opens a container; in Lua its table is made as large as the last one at this depth was, up to a bound that no text can exploit.
static bool enter(Parser *parser, unsigned depth, bool array, size_t *start) {
  if (depth >= CLUA_DEPTH_MAX) return fail(parser, CLUA_DATA_DEPTH, "nested too deeply");
  parser->at++;
  skip_space(parser);
  if (parser->L == NULL) return tape_open(&parser->tape, start) || no_room(parser, &parser->tape);
  if (!lua_checkstack(parser->L, STACK_PER_LEVEL)) return fail(parser, CLUA_DATA_MEMORY, "not enough memory");
  bool empty = parser->at < parser->end && *parser->at == (array ? ']' : '}');
  int size = empty ? 0 : parser->last_size[array][depth];
  lua_createtable(parser->L, array ? size : 0, array ? 0 : size);
  if (array) {
    lua_pushvalue(parser->L, parser->mark);
    lua_setmetatable(parser->L, -2);
  }
  return true;
}

static bool leave(Parser *parser, unsigned depth, bool array, size_t start, size_t count) {
  parser->at++;
  parser->last_size[array][depth] = (uint8_t)(count < GUESS_MAX ? count : GUESS_MAX);
  if (parser->L != NULL) return true;
  if (!array && count > 1 && !clua_tape_drop_doubles(&parser->tape, start + 16, &parser->scratch, &count)) {
    return no_room(parser, &parser->scratch);
  }
  tape_close(&parser->tape, start, array ? CLUA_TAPE_ARRAY : CLUA_TAPE_OBJECT, count);
  return true;
}

static bool value(Parser *parser, unsigned depth);

// Behind an element: true when another follows; `*ended` when the container is at its end.
static bool separator(Parser *parser, uint8_t closing, const char *wanted, bool *ended) {
  skip_space(parser);
  if (parser->at < parser->end && *parser->at == closing) return *ended = true;
  if (parser->at == parser->end || *parser->at != ',') return unexpected(parser, wanted);
  parser->at++;
  skip_space(parser);
  return true;
}

static bool array(Parser *parser, unsigned depth) {
  size_t start = 0, count = 0;
  if (!enter(parser, depth, true, &start)) return false;
  bool ended = parser->at < parser->end && *parser->at == ']';
  while (!ended) {
    if (!value(parser, depth + 1)) return false;
    count++;
    if (parser->L != NULL) lua_rawseti(parser->L, -2, (lua_Integer)count);
    if (!separator(parser, ']', "',' or ']'", &ended)) return false;
  }
  return leave(parser, depth, true, start, count);
}

static bool object(Parser *parser, unsigned depth) {
  size_t start = 0, count = 0;
  if (!enter(parser, depth, false, &start)) return false;
  bool ended = parser->at < parser->end && *parser->at == '}';
  while (!ended) {
    if (parser->at == parser->end || *parser->at != '"') return unexpected(parser, "a key in quotes");
    if (!string(parser)) return false;
    skip_space(parser);
    if (parser->at == parser->end || *parser->at != ':') return unexpected(parser, "':'");
    parser->at++;
    skip_space(parser);
    if (!value(parser, depth + 1)) return false;
    count++;
    if (parser->L != NULL) lua_rawset(parser->L, -3);
    if (!separator(parser, '}', "',' or '}'", &ended)) return false;
  }
  return leave(parser, depth, false, start, count);
}

static bool value(Parser *parser, unsigned depth) {
  if (parser->L != NULL && ++parser->nodes % NODES_PER_CHARGE == 0) clua_charge(parser->L, NODES_PER_CHARGE);
  if (parser->at == parser->end) return unexpected(parser, "a value");
  switch (*parser->at) {
    case '"': return string(parser);
    case '{': return object(parser, depth);
    case '[': return array(parser, depth);
    case 't': return boolean(parser, true);
    case 'f': return boolean(parser, false);
    case 'n': return null(parser);
    case '-':
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9': return number(parser);
    default: return unexpected(parser, "a value");
  }
}

bool clua_parse(Parser *parser) {
  skip_space(parser);
  if (!value(parser, 0)) return false;
  skip_space(parser);
  return parser->at == parser->end || unexpected(parser, "the end of the text");
}

void clua_parser_locate(Parser *parser) {
  clua_issue *issue = parser->issue;
  const uint8_t *start = parser->start, *at = parser->failed_at;
  if (at == NULL) return;
  issue->offset = (size_t)(at - start);
  issue->line = 1;
  const uint8_t *line = start;
  for (const uint8_t *p = start; p < at; p++) {
    if (*p != '\n') continue;
    issue->line++;
    line = p + 1;
  }
  issue->column = (uint32_t)(at - line) + 1;
}
