#include <stdarg.h>
#include <stdio.h>

#include "data.h"

// Small enough to cost nothing, large enough that most answers never grow.
enum { FIRST_CAPACITY = 512 };

static void *resize(Bytes *bytes, size_t capacity) {
  if (bytes->L == NULL) return realloc(bytes->data, capacity);
  void *owner;
  lua_Alloc allocate = lua_getallocf(bytes->L, &owner);
  void *data = allocate(owner, bytes->data, bytes->capacity, capacity);
  if (data != NULL) return data;
  lua_gc(bytes->L, LUA_GCCOLLECT);
  return allocate(owner, bytes->data, bytes->capacity, capacity);
}

bool clua_bytes_grow(Bytes *bytes, size_t extra) {
  if (bytes->length > bytes->limit || extra > bytes->limit - bytes->length) {
    bytes->failure = CLUA_DATA_LIMIT;
    return false;
  }
  size_t needed = bytes->length + extra;
  size_t capacity = bytes->capacity < FIRST_CAPACITY / 2 ? FIRST_CAPACITY : bytes->capacity * 2;
  if (capacity < needed) capacity = needed;
  if (capacity > bytes->limit) capacity = bytes->limit;
  void *data = resize(bytes, capacity);
  if (data == NULL && capacity > needed) data = resize(bytes, capacity = needed);
  if (data == NULL) {
    bytes->failure = CLUA_DATA_MEMORY;
    return false;
  }
  bytes->data = data;
  bytes->capacity = capacity;
  return true;
}

void clua_bytes_release(Bytes *bytes) {
  if (bytes->L == NULL) {
    free(bytes->data);
  } else if (bytes->data != NULL) {
    void *owner;
    lua_Alloc allocate = lua_getallocf(bytes->L, &owner);
    allocate(owner, bytes->data, bytes->capacity, 0);
  }
  bytes->data = NULL;
  bytes->length = bytes->capacity = 0;
}

clua_bytes clua_bytes_hand_over(Bytes *bytes) {
  clua_bytes result = {bytes->data, bytes->length};
  bytes->data = NULL;
  bytes->length = bytes->capacity = 0;
  return result;
}

void clua_bytes_free(clua_bytes bytes) { free(bytes.data); }

bool clua_refuse(clua_issue *issue, int code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  issue->code = code;
  vsnprintf(issue->message, sizeof issue->message, format, arguments);
  va_end(arguments);
  return false;
}

bool clua_refuse_growth(clua_issue *issue, const Bytes *bytes) {
  if (bytes->failure == CLUA_DATA_LIMIT) {
    return clua_refuse(issue, CLUA_DATA_LIMIT, "the data is larger than %zu bytes", bytes->limit);
  }
  return clua_refuse(issue, CLUA_DATA_MEMORY, "not enough memory");
}
