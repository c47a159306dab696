#include "data.h"

size_t clua_utf8_length(const uint8_t *text, const uint8_t *end) {
  uint8_t first = text[0];
  size_t left = (size_t)(end - text);
  if (first < 0xC2) return 0;
  if (first < 0xE0) return left >= 2 && (text[1] & 0xC0) == 0x80 ? 2 : 0;
  if (first < 0xF0) {
    if (left < 3 || (text[1] & 0xC0) != 0x80 || (text[2] & 0xC0) != 0x80) return 0;
    if ((first == 0xE0 && text[1] < 0xA0) || (first == 0xED && text[1] > 0x9F)) return 0;  // overlong; a surrogate
    return 3;
  }
  if (first > 0xF4 || left < 4) return 0;
  if ((text[1] & 0xC0) != 0x80 || (text[2] & 0xC0) != 0x80 || (text[3] & 0xC0) != 0x80) return 0;
  if ((first == 0xF0 && text[1] < 0x90) || (first == 0xF4 && text[1] > 0x8F)) return 0;  // overlong; past U+10FFFF
  return 4;
}

int clua_is_utf8(const uint8_t *text, size_t length) {
  const uint8_t *end = text + length;
  while (text < end) {
    uint64_t word;
    if (end - text >= 8 && (memcpy(&word, text, 8), (word & 0x8080808080808080u) == 0)) {
      text += 8;
    } else if (*text < 0x80) {
      text++;
    } else {
      size_t sequence = clua_utf8_length(text, end);
      if (sequence == 0) return 0;
      text += sequence;
    }
  }
  return 1;
}

static bool write_escape(Bytes *bytes, uint8_t byte) {
  static const char digits[] = "0123456789abcdef";
  char escape[6] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
  size_t length = 2;
  switch (byte) {
    case '"':
    case '\\': escape[1] = (char)byte; break;
    case '\b': escape[1] = 'b'; break;
    case '\f': escape[1] = 'f'; break;
    case '\n': escape[1] = 'n'; break;
    case '\r': escape[1] = 'r'; break;
    case '\t': escape[1] = 't'; break;
    default: length = 6;
  }
  return append(bytes, escape, length);
}

bool clua_write_string(Bytes *bytes, const uint8_t *text, size_t length) {
  const uint8_t *end = text + length;
  if (length > bytes->limit) {
    bytes->failure = CLUA_DATA_LIMIT;
    return false;
  }
  if (!reserve(bytes, length + 2)) return false;
  bytes->data[bytes->length++] = '"';
  for (;;) {
    const uint8_t *run = text;
    text += plain_run(text, end);
    while (text < end && *text >= 0x80) {
      size_t sequence = clua_utf8_length(text, end);
      if (sequence == 0) return false;
      text += sequence;
    }
    if (!append(bytes, run, (size_t)(text - run))) return false;
    if (text == end) return append_byte(bytes, '"');
    if ((*text < 0x20 || *text == '"' || *text == '\\') && !write_escape(bytes, *text++)) return false;
  }
}

bool clua_write_break(Bytes *bytes, unsigned depth) {
  if (!reserve(bytes, 1 + 2 * (size_t)depth)) return false;
  bytes->data[bytes->length++] = '\n';
  memset(bytes->data + bytes->length, ' ', 2 * (size_t)depth);
  bytes->length += 2 * (size_t)depth;
  return true;
}
