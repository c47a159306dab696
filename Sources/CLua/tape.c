// Tapes: from text, to text, and onto the Lua stack.
#include "data.h"
#include "parser.h"

bool clua_tape_integer(Bytes *tape, int64_t value) {
  if (value >= -((int64_t)1 << 55) && value < (int64_t)1 << 55) {
    return tape_word(tape, tape_header(CLUA_TAPE_SMALL, (uint64_t)value));
  }
  uint64_t words[2] = {tape_header(CLUA_TAPE_INTEGER, 0), (uint64_t)value};
  return append(tape, words, 16);
}

bool clua_tape_double(Bytes *tape, double value) {
  uint64_t words[2] = {tape_header(CLUA_TAPE_DOUBLE, 0), 0};
  memcpy(words + 1, &value, 8);
  return append(tape, words, 16);
}

int clua_tape_parse(const void *text, size_t length, size_t limit, clua_bytes *out, clua_issue *issue) {
  Parser parser = {.start = text, .at = text, .end = (const uint8_t *)text + length, .issue = issue};
  parser.tape.limit = limit;
  parser.scratch.limit = SIZE_MAX;
  // Short of numbers a node takes no more than eight bytes for each byte of text; most texts need about their own length.
  bool parsed = (reserve(&parser.tape, length < limit ? length + 16 < limit ? length + 16 : limit : limit)
                 || clua_refuse_growth(issue, &parser.tape)) && clua_parse(&parser);
  clua_bytes_release(&parser.scratch);
  if (parsed) {
    *out = clua_bytes_hand_over(&parser.tape);
    return CLUA_DATA_OK;
  }
  clua_parser_locate(&parser);
  clua_bytes_release(&parser.tape);
  return issue->code;
}

static uint64_t key_hash(const uint64_t *key, uint64_t seed) {
  size_t words = tape_string_words(key[0]);
  uint64_t hash = seed;
  for (size_t i = 0; i < words; i++) {
    unsigned __int128 product = (unsigned __int128)(hash ^ key[i]) * 0x9E3779B97F4A7C15u;
    hash = (uint64_t)product ^ (uint64_t)(product >> 64);
  }
  return hash;
}

static bool same_key(const uint64_t *a, const uint64_t *b) {
  return a[0] == b[0] && memcmp(a, b, tape_string_words(a[0]) * 8) == 0;
}

static void bury(uint64_t *key, size_t *count) {
  key[0] = tape_header(CLUA_TAPE_DEAD, tape_payload(key[0]));
  *count -= 1;
}

static uint64_t *after_pair(uint64_t *key) {
  uint64_t *value = key + tape_string_words(key[0]);
  return value + tape_span(value[0]);
}

// Up to this many keys are compared with each other; more go through a hash table.
enum { FEW_KEYS = 16 };

static void drop_few(uint64_t *key, uint64_t *end, size_t *count) {
  uint64_t *seen[FEW_KEYS], filter = 0;
  size_t known = 0;
  for (; key < end; key = after_pair(key)) {
    uint64_t bit = (uint64_t)1 << ((key[0] >> 8 ^ (tape_payload(key[0]) ? key[1] * 0x9E3779B97F4A7C15u >> 58 : 0)) & 63);
    if (filter & bit) {
      for (size_t i = 0; i < known; i++) {
        if (same_key(seen[i], key)) bury(seen[i], count);
      }
    }
    filter |= bit;
    seen[known++] = key;
  }
}

static void drop_many(uint64_t *key, uint64_t *end, uint64_t **slots, size_t mask, size_t *count) {
  // The address differs from process to process, so that nobody can prepare keys that all fall into one slot.
  uint64_t seed = (uint64_t)(uintptr_t)&clua_tape_drop_doubles * 0xD1B54A32D192ED03u;
  for (; key < end; key = after_pair(key)) {
    size_t slot = (size_t)key_hash(key, seed) & mask;
    while (slots[slot] != NULL && !same_key(slots[slot], key)) slot = (slot + 1) & mask;
    if (slots[slot] != NULL) bury(slots[slot], count);
    slots[slot] = key;
  }
}

bool clua_tape_drop_doubles(Bytes *tape, size_t first, Bytes *scratch, size_t *count) {
  uint64_t *key = (uint64_t *)(void *)(tape->data + first), *end = (uint64_t *)(void *)(tape->data + tape->length);
  if (*count <= FEW_KEYS) return drop_few(key, end, count), true;
  size_t size = 64;
  while (size < *count * 2) size *= 2;
  scratch->length = 0;
  if (!reserve(scratch, size * sizeof(uint64_t *))) return false;
  memset(scratch->data, 0, size * sizeof(uint64_t *));
  drop_many(key, end, (uint64_t **)(void *)scratch->data, size - 1, count);
  return true;
}

// Writing as text.
typedef struct Writer {
  Bytes out;
  bool pretty;
  clua_issue *issue;
  const uint64_t *start;
} Writer;

static bool no_room(Writer *writer) { return clua_refuse_growth(writer->issue, &writer->out); }

// The offset of a refused node, in words, lets the caller find its path.
static bool refuse(Writer *writer, const uint64_t *node, const char *what) {
  writer->issue->offset = (size_t)(node - writer->start);
  return clua_refuse(writer->issue, CLUA_DATA_REFUSED, "%s", what);
}

static bool write_string(Writer *writer, const uint64_t *node) {
  writer->out.failure = 0;
  if (LIKELY(clua_write_string(&writer->out, (const uint8_t *)(node + 1), (size_t)tape_payload(node[0])))) return true;
  if (writer->out.failure != 0) return no_room(writer);
  return refuse(writer, node, "a string that is not UTF-8 has no JSON form");
}

static bool write_number_array(Writer *writer, const uint64_t *node) {
  const uint8_t *bytes = (const uint8_t *)(node + 1);
  size_t length = (size_t)tape_payload(node[0]);
  if (!append_byte(&writer->out, '[')) return no_room(writer);
  for (size_t i = 0; i < length; i++) {
    if (!reserve(&writer->out, 32)) return no_room(writer);
    if (i > 0) writer->out.data[writer->out.length++] = ',';
    writer->out.length += clua_write_integer(writer->out.data + writer->out.length, bytes[i]);
  }
  return append_byte(&writer->out, ']') || no_room(writer);
}

static bool write_double(Writer *writer, const uint64_t *node) {
  double value;
  memcpy(&value, node + 1, 8);
  if (value - value != 0) return refuse(writer, node, "a number that is not finite has no JSON form");
  if (!reserve(&writer->out, 32)) return no_room(writer);
  writer->out.length += clua_write_double(writer->out.data + writer->out.length, value);
  return true;
}

static bool write_integer(Writer *writer, int64_t value) {
  if (!reserve(&writer->out, 32)) return no_room(writer);
  writer->out.length += clua_write_integer(writer->out.data + writer->out.length, value);
  return true;
}

static bool write_node(Writer *writer, const uint64_t *node, unsigned depth);

static bool write_container(Writer *writer, const uint64_t *node, unsigned depth) {
  bool object = tape_tag(node[0]) == CLUA_TAPE_OBJECT, first = true;
  Bytes *out = &writer->out;
  if (!append_byte(out, object ? '{' : '[')) return no_room(writer);
  for (const uint64_t *end = node + tape_span(node[0]), *at = node + 2; at < end;) {
    if (object && tape_tag(at[0]) == CLUA_TAPE_DEAD) {
      at = after_pair((uint64_t *)at);
      continue;
    }
    if (!first && !append_byte(out, ',')) return no_room(writer);
    first = false;
    if (writer->pretty && !clua_write_break(out, depth + 1)) return no_room(writer);
    if (object) {
      if (!write_string(writer, at)) return false;
      if (!append(out, ": ", writer->pretty ? 2 : 1)) return no_room(writer);
      at += tape_string_words(at[0]);
    }
    if (!write_node(writer, at, depth + 1)) return false;
    at += tape_span(at[0]);
  }
  if (writer->pretty && !first && !clua_write_break(out, depth)) return no_room(writer);
  return append_byte(out, object ? '}' : ']') || no_room(writer);
}

static bool write_node(Writer *writer, const uint64_t *node, unsigned depth) {
  switch (tape_tag(node[0])) {
    case CLUA_TAPE_NULL: return append(&writer->out, "null", 4) || no_room(writer);
    case CLUA_TAPE_FALSE: return append(&writer->out, "false", 5) || no_room(writer);
    case CLUA_TAPE_TRUE: return append(&writer->out, "true", 4) || no_room(writer);
    case CLUA_TAPE_SMALL: return write_integer(writer, (int64_t)node[0] >> 8);
    case CLUA_TAPE_INTEGER: return write_integer(writer, (int64_t)node[1]);
    case CLUA_TAPE_DOUBLE: return write_double(writer, node);
    case CLUA_TAPE_STRING: return write_string(writer, node);
    case CLUA_TAPE_BYTES: return write_number_array(writer, node);
    case CLUA_TAPE_ARRAY:
    case CLUA_TAPE_OBJECT: return write_container(writer, node, depth);
    default: return refuse(writer, node, "an unknown value on a tape");
  }
}

int clua_tape_write(const uint64_t *words, size_t count, size_t limit, int pretty, clua_bytes *out, clua_issue *issue) {
  Writer writer = {.out = {.limit = limit}, .pretty = pretty != 0, .issue = issue, .start = words};
  size_t guess = count * 8 < limit ? count * 8 : limit;
  bool written = (reserve(&writer.out, guess) || no_room(&writer)) && write_node(&writer, words, 0);
  if (written) {
    *out = clua_bytes_hand_over(&writer.out);
    return CLUA_DATA_OK;
  }
  clua_bytes_release(&writer.out);
  return issue->code;
}
