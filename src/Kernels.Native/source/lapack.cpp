#include "lapack.h"

#include <string>
#include <type_traits>
#include <utility>

#include "library.h"

namespace adj {
namespace {

template <class Function>
bool Take(const Library& library, const std::string& name, Function& function) {
  function = library.BindIfThere<std::remove_pointer_t<Function>>(name.c_str());
  return function != nullptr;
}

template <class T>
bool TakeAll(const Library& library, const std::string& letter, LapackOf<T>& found) {
  return Take(library, "cblas_" + letter + "gemm", found.gemm) && Take(library, "cblas_" + letter + "trsm", found.trsm) && Take(library, letter + "potrf_", found.potrf) &&
         Take(library, letter + "getrf_", found.getrf) && Take(library, letter + "gelqf_", found.gelqf) &&
         Take(library, letter + "orglq_", found.orglq) && Take(library, letter + "syevd_", found.syevd) &&
         Take(library, letter + "gesdd_", found.gesdd);
}

}  // namespace

std::unique_ptr<Lapack> Lapack::Find(const Library& library) {
  auto found = std::make_unique<Lapack>();
  return TakeAll(library, "s", found->single_) && TakeAll(library, "d", found->double_) ? std::move(found) : nullptr;
}

}  // namespace adj
