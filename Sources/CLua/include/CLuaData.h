// Values as bytes: JSON text and tapes, to and from Lua. Nothing here raises: every function that can fail answers with a code and fills
// a `clua_issue`; those that may run out of Lua memory do their work under a protected call of their own.
#ifndef CLUA_DATA_H
#define CLUA_DATA_H

#include <stddef.h>
#include <stdint.h>

typedef struct lua_State lua_State;

// How deep arrays and objects may nest, in every direction: the C stack and the Lua stack are both bounded by it.
enum { CLUA_DEPTH_MAX = 128 };

// What went wrong.
enum {
  CLUA_DATA_OK = 0,
  CLUA_DATA_SYNTAX = 1,    // the text is no JSON
  CLUA_DATA_DEPTH = 2,     // nested deeper than CLUA_DEPTH_MAX, or a table that holds itself
  CLUA_DATA_LIMIT = 3,     // the result would be larger than the caller allows
  CLUA_DATA_REFUSED = 4,   // a value that has no JSON form: a function, a mixed table, NaN
  CLUA_DATA_MEMORY = 5,    // no memory left, in the process or within the state's limit
  CLUA_DATA_RAISED = 6,    // another Lua error, for instance the time limit; the error object is on top of the stack
};

typedef struct clua_issue {
  int32_t code;
  uint32_t line;      // of the text, from 1; 0 when there is no text
  uint32_t column;    // in bytes, from 1
  size_t offset;      // in bytes, from 0
  char message[464];  // UTF-8, ends with a zero
} clua_issue;

// Bytes made by `malloc`, owned by the caller, who gives them back with `clua_bytes_free`. For a tape they are aligned to 8.
typedef struct clua_bytes {
  uint8_t *data;
  size_t length;
} clua_bytes;

void clua_bytes_free(clua_bytes bytes);

// Are these bytes well-formed UTF-8?
int clua_is_utf8(const uint8_t *text, size_t length);

// The light userdata that stands for JSON's null in Lua.
void *clua_json_null(void);

// Decodes a text and pushes its value. On failure nothing is pushed, except with CLUA_DATA_RAISED.
int clua_json_push(lua_State *L, const void *text, size_t length, clua_issue *issue);

// Writes the value at `index` as JSON of at most `limit` bytes. Touches no metamethod and allocates nothing in Lua.
int clua_json_write(lua_State *L, int index, size_t limit, int pretty, clua_bytes *out, clua_issue *issue);

// Gives the table at `index` the mark with which it is written as an array, even when empty; pushes nothing.
int clua_json_mark_array(lua_State *L, int index, clua_issue *issue);

// Is the table at `index` one that carries the mark?
int clua_json_is_array(lua_State *L, int index);

// Pushes a new table `json` for scripts.
int clua_json_library(lua_State *L, clua_issue *issue);

// A tape is a run of 64-bit words, each node one header word and what follows. The low byte of a header is the tag, the other 56 bits
// are the payload.
enum {
  CLUA_TAPE_NULL = 1,
  CLUA_TAPE_FALSE = 2,
  CLUA_TAPE_TRUE = 3,
  CLUA_TAPE_SMALL = 4,     // an integer of 56 bits, the payload itself
  CLUA_TAPE_INTEGER = 5,   // an integer in the next word
  CLUA_TAPE_DOUBLE = 6,    // a double in the next word
  CLUA_TAPE_STRING = 7,    // payload: length in bytes; the bytes follow, filled up with zeros to whole words
  CLUA_TAPE_BYTES = 8,     // same, and written to JSON as an array of numbers
  CLUA_TAPE_ARRAY = 9,     // payload: span in words, with this one; next word: count; then the elements
  CLUA_TAPE_OBJECT = 10,   // same; then, in turn, a string and its value
  CLUA_TAPE_DEAD = 11,     // a key that a later one of the same name overrides; not counted; otherwise like a string
};

// Copies the value at `index` into a tape of at most `limit` bytes. Touches no metamethod and allocates nothing in Lua.
int clua_tape_read(lua_State *L, int index, size_t limit, clua_bytes *out, clua_issue *issue);

// Pushes the value of a tape. On failure nothing is pushed.
int clua_tape_push(lua_State *L, const uint64_t *words, size_t count, clua_issue *issue);

// Parses a JSON text into a tape of at most `limit` bytes; needs no state.
int clua_tape_parse(const void *text, size_t length, size_t limit, clua_bytes *out, clua_issue *issue);

// Writes a tape as JSON of at most `limit` bytes; needs no state. With CLUA_DATA_REFUSED `issue->offset` is the word of the refused node.
int clua_tape_write(const uint64_t *words, size_t count, size_t limit, int pretty, clua_bytes *out, clua_issue *issue);

#endif
