// What the files about JSON and tapes share: a growable buffer, the layout of a tape, text of numbers and strings.
#ifndef CLUA_DATA_PRIVATE_H
#define CLUA_DATA_PRIVATE_H

#include <lua5.4/lua.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "CLuaData.h"

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

// A buffer that grows up to a limit. With `L` set the memory belongs to that Lua state and counts towards its limit.
typedef struct Bytes {
  uint8_t *data;
  size_t length;
  size_t capacity;
  size_t limit;
  lua_State *L;
  int failure;  // why it could not grow: CLUA_DATA_LIMIT or CLUA_DATA_MEMORY
} Bytes;

bool clua_bytes_grow(Bytes *bytes, size_t extra);
void clua_bytes_release(Bytes *bytes);
clua_bytes clua_bytes_hand_over(Bytes *bytes);

// Makes room for `extra` more bytes.
static inline bool reserve(Bytes *bytes, size_t extra) {
  if (LIKELY(bytes->capacity - bytes->length >= extra)) return true;
  return clua_bytes_grow(bytes, extra);
}

static inline bool append(Bytes *bytes, const void *data, size_t length) {
  if (!reserve(bytes, length)) return false;
  if (length > 0) memcpy(bytes->data + bytes->length, data, length);
  bytes->length += length;
  return true;
}

static inline bool append_byte(Bytes *bytes, uint8_t byte) {
  if (!reserve(bytes, 1)) return false;
  bytes->data[bytes->length++] = byte;
  return true;
}

// Fills an issue; answers false so that a failing function can end with it.
bool clua_refuse(clua_issue *issue, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool clua_refuse_growth(clua_issue *issue, const Bytes *bytes);

// Text. A number takes at most 32 bytes, which the caller has reserved.
size_t clua_write_integer(uint8_t *out, int64_t value);
size_t clua_write_double(uint8_t *out, double value);
// Writes a string with its quotes; false with `failure` 0 means that it is no UTF-8.
bool clua_write_string(Bytes *bytes, const uint8_t *text, size_t length);
bool clua_write_break(Bytes *bytes, unsigned depth);
// Reads a decimal whose grammar is already checked; `mantissa` holds its first 19 digits at most.
double clua_read_decimal(const uint8_t *text, size_t length, uint64_t mantissa, int64_t exponent, bool cut, bool *failed);
// The number of bytes of a well-formed UTF-8 sequence that starts with a byte over 0x7F, or 0.
size_t clua_utf8_length(const uint8_t *text, const uint8_t *end);

// How many of the first bytes need no care in JSON: ASCII, no quote, no backslash, no control character.
static inline size_t plain_run(const uint8_t *text, const uint8_t *end) {
  const uint8_t *start = text;
  const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
  while (end - text >= 8) {
    uint64_t word;
    memcpy(&word, text, 8);
    uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
    uint64_t odd = (word | (word - ones * 0x20) | (quote - ones) | (slash - ones)) & tops;
    if (odd != 0) break;
    text += 8;
  }
  while (text < end && *text >= 0x20 && *text < 0x80 && *text != '"' && *text != '\\') text++;
  return (size_t)(text - start);
}

// Tape.
static inline uint64_t tape_header(unsigned tag, uint64_t payload) { return payload << 8 | tag; }
static inline unsigned tape_tag(uint64_t header) { return (unsigned)(header & 0xFF); }
static inline uint64_t tape_payload(uint64_t header) { return header >> 8; }
static inline size_t tape_string_words(uint64_t header) { return 1 + (size_t)((tape_payload(header) + 7) / 8); }

// How many words a node takes.
static inline size_t tape_span(uint64_t header) {
  switch (tape_tag(header)) {
    case CLUA_TAPE_INTEGER:
    case CLUA_TAPE_DOUBLE: return 2;
    case CLUA_TAPE_STRING:
    case CLUA_TAPE_BYTES:
    case CLUA_TAPE_DEAD: return tape_string_words(header);
    case CLUA_TAPE_ARRAY:
    case CLUA_TAPE_OBJECT: return (size_t)tape_payload(header);
    default: return 1;
  }
}

bool clua_tape_integer(Bytes *tape, int64_t value);
bool clua_tape_double(Bytes *tape, double value);

static inline bool tape_word(Bytes *tape, uint64_t word) { return append(tape, &word, 8); }

// Appends a string's header and room for its bytes; NULL when there is no room.
static inline uint8_t *tape_string_room(Bytes *tape, unsigned tag, size_t length) {
  size_t words = 1 + (length + 7) / 8;
  if (!reserve(tape, words * 8)) return NULL;
  uint64_t header = tape_header(tag, length), zero = 0;
  uint8_t *at = tape->data + tape->length;
  memcpy(at, &header, 8);
  if (words > 1) memcpy(at + (words - 1) * 8, &zero, 8);
  tape->length += words * 8;
  return at + 8;
}

// Appends the two words with which a container starts; `tape_close` fills them in.
static inline bool tape_open(Bytes *tape, size_t *start) {
  if (!reserve(tape, 16)) return false;
  *start = tape->length;
  tape->length += 16;
  return true;
}

static inline void tape_close(Bytes *tape, size_t start, unsigned tag, uint64_t count) {
  uint64_t words[2] = {tape_header(tag, (tape->length - start) / 8), count};
  memcpy(tape->data + start, words, 16);
}

// Pushes the metatable that marks arrays, made on first use. Raises on memory.
void clua_push_array_mark(lua_State *L);
// Where that metatable is, or NULL when no array was marked yet. Does not raise.
const void *clua_array_mark(lua_State *L);
// Leaves a new table `json` on the stack. Raises.
void clua_open_json(lua_State *L);
// Runs `body(L)` with `argument` as a light userdata, protected; it leaves at most one result. Answers a CLUA_DATA code.
int clua_data_protect(lua_State *L, lua_CFunction body, void *argument, int results, clua_issue *issue);

#endif
