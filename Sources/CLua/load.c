// Source text into functions: from the host, from `load`, and from `require`.
#include "internal.h"

#include <string.h>

const char clua_modules_key = 'm', clua_finder_key = 'r';

enum {
  /// liblua's parser gets its text in pieces of this many bytes, and looks at the deadline in between.
  PIECE = 4096,
  /// How many upvalues of a function are searched for `_ENV`.
  UPVALUES_MAX = 255,
};

// MARK: Reading

typedef struct {
  const char *bytes;
  size_t left;
} source;

static const char *read_piece(lua_State *L, void *argument, size_t *size) {
  source *text = argument;
  clua_charge(L, PIECE);
  *size = text->left < PIECE ? text->left : PIECE;
  const char *piece = text->bytes;
  text->bytes += *size;
  text->left -= *size;
  return *size == 0 ? NULL : piece;
}

/// Loads text only: liblua trusts bytecode, so an edited one could do anything. Leaves the function or an error on top.
static int load_text(lua_State *L, const char *bytes, size_t length, const char *name) {
  if (length > 0 && bytes[0] == LUA_SIGNATURE[0]) {
    lua_pushfstring(L, "%s: bytecode is refused, only source text is loaded", *name == '=' || *name == '@' ? name + 1 : "load");
    return LUA_ERRSYNTAX;
  }
  if (length > clua_control_of(L)->source_limit) {
    lua_pushfstring(L, "%s: source text is too large (more than %d bytes)", *name == '=' || *name == '@' ? name + 1 : "load",
                    (int)clua_control_of(L)->source_limit);
    return LUA_ERRSYNTAX;
  }
  source text = {bytes, length};
  return lua_load(L, read_piece, &text, name, "t");
}

/// Gives the function on top the table below it as its globals, and takes that table off the stack.
static void set_environment(lua_State *L) {
  lua_insert(L, -2);
  if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
}

// MARK: load by the host

typedef struct {
  const char *bytes;
  size_t length;
  const char *name;
  int environment;
  int status;
} host_source;

static int load_for_host(lua_State *L) {
  host_source *wanted = lua_touserdata(L, 1);
  clua_push_slot(L, wanted->environment);
  lua_pushfstring(L, "=%s", wanted->name);
  wanted->status = load_text(L, wanted->bytes, wanted->length, lua_tostring(L, -1));
  if (wanted->status != LUA_OK) return 1;
  lua_remove(L, -2);
  set_environment(L);
  return 1;
}

int clua_load(lua_State *L, const void *bytes, size_t length, const char *name, int environment) {
  host_source wanted = {bytes, length, name, environment != 0 ? environment : CLUA_GLOBALS_SLOT, LUA_OK};
  clua_control *control = clua_control_of(L);
  bool is_outermost = control->entry.depth == 0;
  if (clua_this_thread.id == 0) clua_learn_thread(&clua_this_thread);
  if (is_outermost) clua_enter(control, L);
  int status = clua_protect(L, load_for_host, &wanted, 1);
  if (is_outermost) clua_leave_run(control);
  return status != LUA_OK ? status : wanted.status;
}

// MARK: load by scripts

/// The globals of the Lua function that called: new code sees what its maker sees.
void clua_push_caller_globals(lua_State *L) {
  lua_Debug frame;
  if (lua_getstack(L, 1, &frame)) {
    lua_getinfo(L, "f", &frame);
    for (int index = 1; index <= UPVALUES_MAX && !lua_iscfunction(L, -1); index++) {
      const char *name = lua_getupvalue(L, -1, index);
      if (name == NULL) break;
      if (strcmp(name, "_ENV") == 0 && lua_istable(L, -1)) {
        lua_remove(L, -2);
        return;
      }
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
  clua_push_slot(L, CLUA_GLOBALS_SLOT);
}

/// Joins the pieces that the function at index 1 gives.
static void collect_pieces(lua_State *L) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  size_t total = 0;
  for (;;) {
    clua_charge(L, 1);
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    lua_pushvalue(L, 1);
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) break;
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "reader function must return a string");
    size_t length = lua_rawlen(L, -1);
    if (length == 0) break;
    total += length;
    if (total > clua_control_of(L)->source_limit) luaL_error(L, "source text is too large");
    luaL_addvalue(&buffer);
  }
  lua_pop(L, 1);
  luaL_pushresult(&buffer);
}

/// `load (chunk [, name [, mode [, env]]])`, text only.
static int load(lua_State *L) {
  bool has_environment = lua_gettop(L) >= 4;
  lua_settop(L, 4);
  const char *name = luaL_optstring(L, 2, NULL);
  const char *mode = luaL_optstring(L, 3, "t");
  if (strchr(mode, 't') == NULL) return luaL_error(L, "only source text is loaded here (mode \"t\")");
  if (has_environment) {
    lua_pushvalue(L, 4);
  } else {
    clua_push_caller_globals(L);
  }
  if (lua_type(L, 1) == LUA_TSTRING) {
    lua_pushvalue(L, 1);
  } else {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    collect_pieces(L);
  }
  size_t length;
  const char *bytes = lua_tolstring(L, -1, &length);
  if (name == NULL) name = lua_type(L, 1) == LUA_TSTRING ? bytes : "=(load)";
  int status = load_text(L, bytes, length, name);
  clua_charge(L, 1);
  if (status != LUA_OK) {
    luaL_pushfail(L);
    lua_insert(L, -2);
    return 2;
  }
  lua_remove(L, -2);
  set_environment(L);
  return 1;
}

// MARK: require

/// Leaves what a loaded module returned in the cache, and as the result; `true` for a module that returns nothing.
static int finish_require(lua_State *L, int status, lua_KContext context) {
  (void)context;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_modules_key);
  lua_pushvalue(L, 1);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_pushnil(L);  // the next `require` tries again
    lua_rawset(L, -3);
    lua_pop(L, 1);
    return lua_error(L);
  }
  if (lua_isnil(L, -3)) {
    lua_pushboolean(L, 1);
    lua_replace(L, -4);
  }
  lua_pushvalue(L, -3);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  return 1;
}

/// Asks the host for the module at index 1: pushes its source text and chunk name.
static void find_module(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_finder_key) != LUA_TFUNCTION) {
    luaL_error(L, "module '%s' not found: no modules are available here", lua_tostring(L, 1));
  }
  lua_pushvalue(L, 1);
  lua_call(L, 1, 2);
  if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING) {
    luaL_error(L, "module '%s' not found", lua_tostring(L, 1));
  }
}

/// Loads the module's text with the caller's globals; leaves the function on top.
static void load_module(lua_State *L) {
  clua_push_caller_globals(L);
  size_t length;
  const char *bytes = lua_tolstring(L, -3, &length);
  lua_pushfstring(L, "=%s", lua_tostring(L, -2));
  if (load_text(L, bytes, length, lua_tostring(L, -1)) != LUA_OK) lua_error(L);
  lua_remove(L, -2);
  set_environment(L);
}

static int require(lua_State *L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  lua_settop(L, 1);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_modules_key);
  lua_pushvalue(L, 1);
  lua_rawget(L, 2);
  if (lua_islightuserdata(L, -1) && lua_touserdata(L, -1) == (void *)&clua_modules_key) {
    return luaL_error(L, "module '%s' requires itself (a cycle)", lua_tostring(L, 1));
  }
  if (!lua_isnil(L, -1)) return 1;
  lua_pop(L, 1);
  find_module(L);
  load_module(L);
  lua_pushvalue(L, 1);
  lua_pushlightuserdata(L, (void *)&clua_modules_key);
  lua_rawset(L, 2);
  lua_pushcfunction(L, clua_keep_traceback);
  lua_replace(L, 2);
  lua_pushvalue(L, 1);
  int status = lua_pcallk(L, 1, 1, 2, 0, finish_require);
  return finish_require(L, status, 0);
}

int clua_set_finder(lua_State *L, const void *object) {
  int status = clua_push_function(L, object);
  if (status != LUA_OK) return status;
  lua_rawsetp(L, LUA_REGISTRYINDEX, &clua_finder_key);  // replaces: no memory needed
  return LUA_OK;
}

void clua_open_loading(lua_State *L) {
  lua_pushcfunction(L, load);
  lua_setfield(L, -2, "load");
  lua_pushcfunction(L, require);
  lua_setfield(L, -2, "require");
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &clua_modules_key);
  lua_pushboolean(L, 0);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &clua_finder_key);
}
