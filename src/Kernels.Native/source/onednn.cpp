// oneDNN, by its C interface: opening it, and its products. Built without its headers, the library says that it lacks it.

#include "provider.h"

#if ADJOINT_WITH_ONEDNN

#include "onednn.h"
#include "product.h"

namespace adj {

OneDnnCalls::OneDnnCalls(const Library& library)
    :
#define ADJ_BIND(name) name(library.Bind<decltype(::name)>(#name)),
      ADJ_ONEDNN_CALLS(ADJ_BIND)
#undef ADJ_BIND
          get_threads(library.BindIfThere<int()>("omp_get_max_threads")),
      set_threads(library.BindIfThere<void(int)>("omp_set_num_threads")) {
}

OneThread::OneThread(const OneDnnCalls& calls)
    : set_(calls.set_threads), before_(calls.get_threads == nullptr ? 1 : calls.get_threads()) {
  if (set_ != nullptr && before_ != 1) set_(1);
}

OneThread::~OneThread() {
  if (set_ != nullptr && before_ != 1) set_(before_);
}

void Check(dnnl_status_t status, const char* what) {
  if (status == dnnl_success) return;
  // Arguments were checked before: what the library still calls invalid, such as negative padding, is what it can't do.
  const bool unsupported = status == dnnl_unimplemented || status == dnnl_invalid_arguments;
  const adj_status ours = status == dnnl_out_of_memory ? ADJ_OUT_OF_MEMORY : unsupported ? ADJ_UNSUPPORTED : ADJ_INTERNAL;
  throw Failure(ours, std::string("oneDNN: ") + what + " gives status " + std::to_string(status) + ".");
}

namespace {

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
  explicit OneDnn(const Library& library) : calls_(library) {
    const dnnl_version_t& version = *calls_.dnnl_version();
    description_ = "oneDNN " + std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
                   std::to_string(version.patch) + ", kernels " + Name(calls_.dnnl_get_effective_cpu_isa());
    if (version.major != DNNL_VERSION_MAJOR) {
      throw Failure(ADJ_MISSING, description_ + ": version " + std::to_string(DNNL_VERSION_MAJOR) + " is needed.");
    }
    dnnl_engine_t engine;
    Check(calls_.dnnl_engine_create(&engine, dnnl_cpu, 0), "dnnl_engine_create");
    engine_ = {engine, calls_.dnnl_engine_destroy};
  }

  std::string Describe() const override { return description_; }

  void Product(const adj_product& shape, const float* a, const float* b, float* c) const override {
    const BlasShape blas = ToBlas(shape);
    const OneThread alone(calls_);
    ForBatch(shape, a, b, c, [&](const float* left, const float* right, float* target) {
      Check(calls_.dnnl_sgemm(blas.a.transposed ? 'T' : 'N', blas.b.transposed ? 'T' : 'N', shape.m, shape.n, shape.k, 1.0f,
                              left, blas.a.leading, right, blas.b.leading, 0.0f, target, blas.c_leading),
            "dnnl_sgemm");
    });
  }

  std::unique_ptr<Plan> Convolution(const adj_convolution& convolution, const Plan* like) const override {
    const OneThread alone(calls_);
    return PlanOneDnnConvolution(calls_, engine_.get(), convolution, like);
  }

 private:
  OneDnnCalls calls_;
  Owned<dnnl_engine_t> engine_;
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
