module Adjoint.Properties.KernelLibraryTests

open Expecto
open Adjoint.Kernels

[<Tests>]
let tests =
    testList
        "kernel library"
        [
            testCase "a library that is not there is said in one line, and managed kernels run"
            <| fun () ->
                let library = KernelLibrary.Look "adjoint_kernels_nowhere"
                Expect.isFalse library.IsAvailable "nothing is loaded"
                Expect.stringContains library.Description "managed kernels run" "what happens instead"
                Expect.isFalse (library.Description.Contains '\n') "one line"

            testCase "a library of something else is refused"
            <| fun () ->
                let library = KernelLibrary.Look "libc"
                Expect.isFalse library.IsAvailable "the C library has no kernels"

            testCase "looking twice gives one answer"
            <| fun () -> Expect.equal KernelLibrary.Default.Description KernelLibrary.Default.Description "kept"
        ]
