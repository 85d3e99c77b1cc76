// The little that the tests need: a check that counts, libraries by the folder under test, and the program's end.

#ifndef ADJOINT_CHECK_H
#define ADJOINT_CHECK_H

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "adjoint_kernels.h"

namespace check {

inline int checked = 0;
inline int failed = 0;

inline void That(bool holds, const std::string& what) {
  ++checked;
  if (!holds) {
    ++failed;
    std::fprintf(stderr, "failed: %s\n", what.c_str());
  }
}

inline std::string Message() {
  char text[512];
  adj_message(text, sizeof text);
  return text;
}

struct Opened {
  std::string name;
  adj_library* library;
};

// All libraries that are there, in the folder ADJOINT_TEST_LIBRARIES or by the system's search.
inline std::vector<Opened> Libraries(uint32_t flags = 0) {
  const char* folder = std::getenv("ADJOINT_TEST_LIBRARIES");
  if (folder != nullptr && *folder == '\0') folder = nullptr;
  std::vector<Opened> found;
  for (const auto& [provider, name] : {std::pair{ADJ_OPENBLAS, "OpenBLAS"}, {ADJ_MKL, "MKL"}, {ADJ_ONEDNN, "oneDNN"}}) {
    adj_library* library = nullptr;
    if (adj_library_open(provider, folder, flags, &library) == ADJ_OK) {
      found.push_back({name, library});
    } else {
      std::printf("%s is left out: %s\n", name, Message().c_str());
    }
  }
  return found;
}

inline int End() {
  std::printf("%d checks, %d failed\n", checked, failed);
  return failed != 0 ? 1 : checked == 0 ? 77 : 0;
}

}  // namespace check

#endif  // ADJOINT_CHECK_H
