// Shared libraries: found by folder or by the system's search, their symbols bound by name.

#ifndef ADJOINT_LIBRARY_H
#define ADJOINT_LIBRARY_H

#include <initializer_list>

namespace adj {

// A loaded shared library. Its code stays loaded: libraries like these keep threads' storage and handlers of their own.
class Library {
 public:
  // The first of some names that loads: in the folder, or beside this library and then by the system's own search where
  // the folder is null. Helpers are loaded first where they lie in the same folder, so that the library finds them there.
  static Library Load(const char* folder, std::initializer_list<const char*> names,
                      std::initializer_list<const char*> helpers);

  // The function of that name; fails where there is none.
  template <class Function>
  Function* Bind(const char* name) const {
    return reinterpret_cast<Function*>(Find(name, true));
  }

  // The function of that name, or null.
  template <class Function>
  Function* BindIfThere(const char* name) const {
    return reinterpret_cast<Function*>(Find(name, false));
  }

 private:
  explicit Library(void* handle) : handle_(handle) {}

  void* Find(const char* name, bool needed) const;

  void* handle_;
};

}  // namespace adj

#endif  // ADJOINT_LIBRARY_H
