#ifndef CLUA_PARSER_H
#define CLUA_PARSER_H

#include "data.h"

// A table is never made larger in advance than this, so that `[{…many…}, {…one…}, …]` cannot multiply memory.
enum { GUESS_MAX = 16 };

typedef struct Parser {
  const uint8_t *start, *at, *end;
  lua_State *L;     // where values go, or NULL: into the tape
  int mark;         // stack index of the metatable that marks arrays
  Bytes tape;
  Bytes scratch;    // strings with escapes
  clua_issue *issue;
  const uint8_t *failed_at;
  uint32_t nodes;    // since the script last paid for its time
  uint8_t last_size[2][CLUA_DEPTH_MAX];  // how many elements the last object (array) at each depth had
} Parser;

// Parses the whole text. With a state it may raise on memory: call it under protection.
bool clua_parse(Parser *parser);
// Fills in line, column and offset of a failure.
void clua_parser_locate(Parser *parser);
// Kills all but the last of equal keys in the object whose first key is at byte `first` and whose last value ends the tape.
bool clua_tape_drop_doubles(Bytes *tape, size_t first, Bytes *scratch, size_t *count);

#endif
