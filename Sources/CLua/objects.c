// Host objects that the Lua heap owns. They are kept in a list beside the heap: liblua gives a finalizer up for good when the memory
// limit hits inside it, and then the object is still found when the state is closed.
#include "internal.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 16 };

/// A free cell holds the number of the next free one, twice and one, which no pointer is.
static uintptr_t free_link(uint32_t next) { return (uintptr_t)next << 1 | 1; }

static bool grow(clua_control *control) {
  uint32_t capacity = control->cell_count == 0 ? FIRST_CAPACITY : control->cell_count * 2;
  if (capacity > INT32_MAX) return false;
  uintptr_t *cells = realloc(control->cells, capacity * sizeof *cells);
  if (cells == NULL) return false;
  // Cell 0 stands for none.
  for (uint32_t cell = capacity - 1; cell >= control->cell_count && cell > 0; cell--) {
    cells[cell] = free_link(control->free_cell);
    control->free_cell = cell;
  }
  if (control->cell_count == 0) cells[0] = free_link(0);
  control->cells = cells;
  control->cell_count = capacity;
  return true;
}

bool clua_reserve_cell(clua_control *control) { return control->free_cell != 0 || grow(control); }

uint32_t clua_fill_cell(clua_control *control, void *object) {
  uint32_t cell = control->free_cell;
  control->free_cell = (uint32_t)(control->cells[cell] >> 1);
  control->cells[cell] = (uintptr_t)object;
  return cell;
}

void clua_empty_cell(clua_control *control, uint32_t cell) {
  if (cell == 0) return;
  const void *object = (const void *)control->cells[cell];
  control->cells[cell] = free_link(control->free_cell);
  control->free_cell = cell;
  control->host.release(object);
}

void clua_empty_cells(clua_control *control) {
  for (uint32_t cell = 1; cell < control->cell_count; cell++) {
    if ((control->cells[cell] & 1) == 0) control->host.release((const void *)control->cells[cell]);
  }
  free(control->cells);
}
