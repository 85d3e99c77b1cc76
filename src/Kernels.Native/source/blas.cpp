// OpenBLAS and MKL, by the C interface that they share.

#include <cctype>
#include <string>

#include "dfti.h"
#include "lapack.h"
#include "library.h"
#include "product.h"
#include "provider.h"

namespace adj {
namespace {

// Values of the C interface of BLAS.
enum Order { kRowMajor = 101 };
enum Transposition { kPlain = 111, kTransposed = 112 };

template <class T>
using Multiply = void(Order, Transposition, Transposition, int, int, int, T, const T*, int, const T*, int, T, T*, int);

Transposition Of(const Operand& operand) { return operand.transposed ? kTransposed : kPlain; }

class Blas : public Provider {
 public:
  explicit Blas(const Library& library)
      : single_(library.Bind<Multiply<float>>("cblas_sgemm")), double_(library.Bind<Multiply<double>>("cblas_dgemm")),
        lapack_(Lapack::Find(library)) {}

  void Product(const adj_product& shape, const float* a, const float* b, float* c) const override {
    Run(single_, shape, a, b, c);
  }

  void Product(const adj_product& shape, const double* a, const double* b, double* c) const override {
    Run(double_, shape, a, b, c);
  }

  const Lapack& Factorizations() const override { return lapack_ == nullptr ? Provider::Factorizations() : *lapack_; }

 private:
  template <class T>
  static void Run(Multiply<T>* multiply, const adj_product& shape, const T* a, const T* b, T* c) {
    const BlasShape blas = ToBlas(shape);
    ForBatch(shape, a, b, c, [&](const T* left, const T* right, T* target) {
      multiply(kRowMajor, Of(blas.a), Of(blas.b), static_cast<int>(shape.m), static_cast<int>(shape.n),
               static_cast<int>(shape.k), T(1), left, static_cast<int>(blas.a.leading), right,
               static_cast<int>(blas.b.leading), T(0), target, static_cast<int>(blas.c_leading));
    });
  }

  Multiply<float>* single_;
  Multiply<double>* double_;
  std::unique_ptr<Lapack> lapack_;
};

class OpenBlas final : public Blas {
 public:
  explicit OpenBlas(const Library& library) : Blas(library) {
    library.Bind<void(int)>("openblas_set_num_threads")(1);
    config_ = library.Bind<const char*()>("openblas_get_config")();
    const auto core = library.BindIfThere<const char*()>("openblas_get_corename");
    core_ = core == nullptr ? "unknown" : core();
  }

  // The configuration begins with the name and the version.
  std::string Describe() const override {
    const size_t version = config_.find(' ', config_.find(' ') + 1);
    return config_.substr(0, version) + ", kernels " + core_;
  }

 private:
  std::string config_;
  std::string core_;
};

class Mkl final : public Blas {
 public:
  Mkl(const Library& library, bool any_vendor) : Blas(library), dfti_(library) {
    char text[256] = "";
    library.Bind<void(char*, int)>("MKL_Get_Version_String")(text, sizeof text);
    version_ = ShortVersion(text);
    any_vendor_ = any_vendor;
  }

  std::string Describe() const override {
    return "MKL " + version_ + (any_vendor_ ? ", kernels by the processor's features" : ", kernels of its own choice");
  }

  std::unique_ptr<FourierPlan> Fourier(const adj_fourier& transform) const override { return dfti_.Plan(transform); }

 private:
  // "Intel(R) ... Version 2020.0.4 Product Build ..." gives 2020.0.4.
  static std::string ShortVersion(const std::string& text) {
    const std::string before = "Version ";
    const size_t start = text.find(before);
    if (start == std::string::npos) return "of unknown version";
    const std::string version = text.substr(start + before.size());
    return version.substr(0, version.find(' '));
  }

  Dfti dfti_;
  std::string version_;
  bool any_vendor_ = false;
};

}  // namespace

std::unique_ptr<Provider> OpenOpenBlas(const char* folder) {
  return std::make_unique<OpenBlas>(
      Library::Load(folder, {"libopenblas.so.0", "libopenblas.so"}, {"libquadmath.so.0", "libgfortran.so.5"}));
}

std::unique_ptr<Provider> OpenMkl(const char* folder, uint32_t flags) {
  const Library library = Library::Load(folder, {"libadjoint_mkl.so", "libmkl_rt.so", "libmkl_rt.so.2"}, {});
  const auto single_library_threads = library.BindIfThere<int(int)>("MKL_Set_Threading_Layer");
  const auto single_library_interface = library.BindIfThere<int(int)>("MKL_Set_Interface_Layer");
  if (single_library_threads != nullptr && single_library_interface != nullptr) {
    constexpr int kSequential = 1, kLp64 = 0;
    single_library_interface(kLp64);
    single_library_threads(kSequential);
  }
  const auto any_vendor = library.BindIfThere<void(int)>("adj_mkl_any_vendor");
  const bool asked = (flags & ADJ_MKL_ANY_VENDOR) != 0;
  if (asked && any_vendor == nullptr) {
    throw Failure(ADJ_UNSUPPORTED, "MKL: kernels for any vendor need libadjoint_mkl.so, which src/Kernels.Native builds.");
  }
  if (any_vendor != nullptr) any_vendor(asked ? 1 : 0);
  // Bits that do not depend on where operands lie in memory.
  constexpr int kAuto = 2;
  library.Bind<int(int)>("MKL_CBWR_Set")(kAuto);
  return std::make_unique<Mkl>(library, asked);
}

}  // namespace adj
