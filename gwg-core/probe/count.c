// A plugin of QEMU that counts the instructions between two calls of `mark`, and tells where they were spent.
//   cc -shared -fPIC -O2 -o count.so count.c
//   qemu-system-arm ... -plugin count.so,mark=<address>,out=<file>
// Writes a line `span <instructions>` for each pair of calls, then `at <address> <instructions>` for each block
// of code, all spans together.
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Version 1 of QEMU's plugin interface, as far as it is used: Debian's QEMU has it and comes without its header.
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_info;
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *);
extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned, void *), int flags, void *);
extern void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;

// What is translated together and runs from its first to its last instruction.
struct block {
  uint64_t address, size, executed;
  struct block *next;
};

static struct block *blocks;
static uint64_t mark, counted;
static bool counting;
static FILE *out;

static void on_mark(unsigned cpu, void *data) {
  if (counting) fprintf(out, "span %" PRIu64 "\n", counted);
  counting = !counting;
  counted = 0;
}

static void on_block(unsigned cpu, void *data) {
  struct block *block = data;
  if (counting) {
    counted += block->size;
    block->executed += block->size;
  }
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  struct block *block = calloc(1, sizeof *block);
  if (!block) abort();
  *block = (struct block){qemu_plugin_tb_vaddr(tb), qemu_plugin_tb_n_insns(tb), 0, blocks};
  blocks = block;
  if (block->address == mark) qemu_plugin_register_vcpu_tb_exec_cb(tb, on_mark, 0, NULL);
  qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, 0, block);
}

static void at_exit(qemu_plugin_id_t id, void *data) {
  for (struct block *b = blocks; b; b = b->next)
    if (b->executed) fprintf(out, "at %" PRIx64 " %" PRIu64 " %" PRIu64 "\n", b->address, b->executed, b->size);
  fclose(out);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv) {
  for (int i = 0; i < argc; i++) {
    if (!strncmp(argv[i], "mark=", 5)) mark = strtoull(argv[i] + 5, NULL, 16) & ~1ull;
    if (!strncmp(argv[i], "out=", 4)) out = fopen(argv[i] + 4, "w");
  }
  if (!mark || !out) return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
  qemu_plugin_register_atexit_cb(id, at_exit, NULL);
  return 0;
}
