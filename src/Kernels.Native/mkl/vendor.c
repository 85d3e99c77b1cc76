// MKL asks its own mkl_serv_intel_cpu_true whether it runs on its vendor's processor. The linker sends that question here
// (--wrap), so that the answer can be a setting: 0, the default, is MKL's own answer.

int __real_mkl_serv_intel_cpu_true(void);
int __wrap_mkl_serv_intel_cpu_true(void);
__attribute__((visibility("default"))) void adj_mkl_any_vendor(int on);

static int any_vendor = 0;

void adj_mkl_any_vendor(int on) { any_vendor = on; }

int __wrap_mkl_serv_intel_cpu_true(void) { return any_vendor ? 1 : __real_mkl_serv_intel_cpu_true(); }
