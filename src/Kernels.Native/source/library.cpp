#include "library.h"

#include <dlfcn.h>

#include <string>

#include "provider.h"
#include "status.h"

namespace adj {
namespace {

std::string OwnFolder() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&adj_abi_version), &info) == 0 || info.dli_fname == nullptr) return "";
  const std::string file = info.dli_fname;
  const size_t slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash);
}

void* Open(const std::string& file) { return dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL); }

std::string LastError() {
  const char* error = dlerror();
  return error == nullptr ? "unknown" : error;
}

}  // namespace

Library Library::Load(const char* folder, std::initializer_list<const char*> names,
                      std::initializer_list<const char*> helpers) {
  const std::string place = folder != nullptr ? folder : OwnFolder();
  for (const char* helper : helpers) {
    Open(place + "/" + helper);
    dlerror();
  }
  std::string errors;
  for (const bool by_system : {false, true}) {
    if (by_system && folder != nullptr) break;
    for (const char* name : names) {
      void* handle = Open(by_system ? name : place + "/" + name);
      if (handle != nullptr) return Library(handle);
      errors += (errors.empty() ? "" : "; ") + LastError();
    }
  }
  throw Failure(ADJ_MISSING, errors);
}

void* Library::Find(const char* name, bool needed) const {
  void* symbol = dlsym(handle_, name);
  if (symbol == nullptr && needed) throw Failure(ADJ_MISSING, LastError());
  return symbol;
}

}  // namespace adj

extern "C" {

adj_status adj_library_open(adj_provider provider, const char* folder, uint32_t flags, adj_library** library) noexcept {
  return adj::Guard([&] {
    if (library == nullptr) throw adj::Failure(ADJ_BAD_ARGUMENT, "adj_library_open: no place for the library.");
    *library = nullptr;
    auto opened = std::make_unique<adj_library>();
    switch (provider) {
      case ADJ_OPENBLAS:
        opened->provider = adj::OpenOpenBlas(folder);
        break;
      case ADJ_MKL:
        opened->provider = adj::OpenMkl(folder, flags);
        break;
      case ADJ_ONEDNN:
        opened->provider = adj::OpenOneDnn(folder);
        break;
      default:
        throw adj::Failure(ADJ_BAD_ARGUMENT, "adj_library_open: there is no provider " + std::to_string(provider) + ".");
    }
    opened->description = opened->provider->Describe();
    *library = opened.release();
  });
}

void adj_library_close(adj_library* library) noexcept { delete library; }

size_t adj_library_describe(const adj_library* library, char* text, size_t size) noexcept {
  return adj::CopyText(library == nullptr ? "" : library->description.c_str(), text, size);
}

}  // extern "C"
