// oneDNN, by its C interface. Built without its headers, the library says that it lacks it.

#include <string>

#include "library.h"
#include "product.h"
#include "provider.h"

#if ADJOINT_WITH_ONEDNN

#include <oneapi/dnnl/dnnl.h>

namespace adj {
namespace {

// Debian builds oneDNN over OpenMP. A call runs on the caller's thread alone; the thread's own setting comes back after it.
class OneThread {
 public:
  OneThread(int (*get)(), void (*set)(int)) : set_(set), before_(get == nullptr ? 1 : get()) { Set(1); }
  ~OneThread() { Set(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  void Set(int count) {
    if (set_ != nullptr && before_ != 1) set_(count);
  }

  void (*set_)(int);
  int before_;
};

const char* Name(dnnl_cpu_isa_t isa) {
  switch (static_cast<int>(isa)) {
    case dnnl_cpu_isa_sse41: return "SSE4.1";
    case dnnl_cpu_isa_avx: return "AVX";
    case dnnl_cpu_isa_avx2: return "AVX2";
    case dnnl_cpu_isa_avx2_vnni: return "AVX2 VNNI";
    case dnnl_cpu_isa_avx512_core: return "AVX-512";
    case dnnl_cpu_isa_avx512_core_vnni: return "AVX-512 VNNI";
    case dnnl_cpu_isa_avx512_core_bf16: return "AVX-512 BF16";
    case dnnl_cpu_isa_avx512_core_amx: return "AMX";
    default: return "unknown";
  }
}

class OneDnn final : public Provider {
 public:
  explicit OneDnn(const Library& library)
      : multiply_(library.Bind<decltype(dnnl_sgemm)>("dnnl_sgemm")),
        get_threads_(library.BindIfThere<int()>("omp_get_max_threads")),
        set_threads_(library.BindIfThere<void(int)>("omp_set_num_threads")) {
    const dnnl_version_t& version = *library.Bind<decltype(dnnl_version)>("dnnl_version")();
    description_ = "oneDNN " + std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
                   std::to_string(version.patch) + ", kernels " +
                   Name(library.Bind<decltype(dnnl_get_effective_cpu_isa)>("dnnl_get_effective_cpu_isa")());
    if (version.major != DNNL_VERSION_MAJOR) {
      throw Failure(ADJ_MISSING, description_ + ": version " + std::to_string(DNNL_VERSION_MAJOR) + " is needed.");
    }
  }

  std::string Describe() const override { return description_; }

  void Product(const adj_product& shape, const float* a, const float* b, float* c) const override {
    const BlasShape blas = ToBlas(shape);
    const OneThread alone(get_threads_, set_threads_);
    ForBatch(shape, a, b, c, [&](const float* left, const float* right, float* target) {
      Check(multiply_(blas.a.transposed ? 'T' : 'N', blas.b.transposed ? 'T' : 'N', shape.m, shape.n, shape.k, 1.0f, left,
                      blas.a.leading, right, blas.b.leading, 0.0f, target, blas.c_leading));
    });
  }

 private:
  static void Check(dnnl_status_t status) {
    if (status == dnnl_success) return;
    const adj_status ours = status == dnnl_out_of_memory   ? ADJ_OUT_OF_MEMORY
                            : status == dnnl_unimplemented ? ADJ_UNSUPPORTED
                                                           : ADJ_INTERNAL;
    throw Failure(ours, "oneDNN: status " + std::to_string(status) + ".");
  }

  decltype(dnnl_sgemm)* multiply_;
  int (*get_threads_)();
  void (*set_threads_)(int);
  std::string description_;
};

}  // namespace

std::unique_ptr<Provider> OpenOneDnn(const char* folder) {
  return std::make_unique<OneDnn>(Library::Load(folder, {"libdnnl.so.2"}, {"libgomp.so.1", "libOpenCL.so.1"}));
}

}  // namespace adj

#else

namespace adj {

std::unique_ptr<Provider> OpenOneDnn(const char*) {
  throw Failure(ADJ_UNSUPPORTED, "oneDNN: the kernels were built without its headers.");
}

}  // namespace adj

#endif
