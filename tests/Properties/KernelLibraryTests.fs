module Adjoint.Properties.KernelLibraryTests

open System
open System.IO
open Expecto
open Adjoint.Kernels

/// Where programs of this repository look for the native kernels, and whether they lie there.
module KernelFolder =
    let configured = string (AppContext.GetData "Adjoint.Native.Folder")

    let isBuilt () =
        Directory.Exists configured
        && Directory.GetFiles(configured, "libadjoint_kernels.*").Length > 0

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

            testCase "a library that is cut short is refused before it is loaded, also one beside the kernels"
            <| fun () ->
                let source =
                    Path.Combine(Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "libclrjit.so")

                if not (File.Exists source) then
                    skiptest "libraries have another format here."

                let bytes = File.ReadAllBytes source
                let folder = Directory.CreateTempSubdirectory "adjoint"

                let kernels, other =
                    Path.Combine(folder.FullName, "libkernels.so"), Path.Combine(folder.FullName, "libother.so.1")

                try
                    for length in [ 0; 3; 63; 64; 100; bytes.Length / 2 ] do
                        File.WriteAllBytes(kernels, bytes[.. length - 1])
                        Expect.isTrue (LibraryFile.IsCut kernels) $"{length} of {bytes.Length} bytes"
                        Expect.stringContains (KernelLibrary.Look kernels).Description "is cut short" $"{length} bytes"

                    File.WriteAllBytes(kernels, bytes)
                    Expect.isNull (LibraryFile.FirstCut folder.FullName) "whole"
                    File.WriteAllBytes(other, bytes[.. bytes.Length / 2])
                    Expect.equal (LibraryFile.FirstCut folder.FullName) other "the one beside"
                    Expect.stringContains (KernelLibrary.Look kernels).Description "libother.so.1 is cut short" "which"
                finally
                    folder.Delete true

            testCase "switched off, nothing is looked for"
            <| fun () ->
                let library = KernelLibrary.Find("off", AppContext.BaseDirectory)
                Expect.isFalse library.IsAvailable "nothing is loaded"
                Expect.stringContains library.Description "ADJOINT_NATIVE is off" "why"

            testCase "the user's folder goes before the program's, also where it holds nothing"
            <| fun () ->
                let folder = Path.Combine(AppContext.BaseDirectory, "nowhere")
                let library = KernelLibrary.Find(folder, KernelFolder.configured)
                Expect.isFalse library.IsAvailable "nothing is loaded"
                Expect.stringContains library.Description folder "where it was looked for"

            testCase "what the repository's build made is found and speaks this version"
            <| fun () ->
                if not (KernelFolder.isBuilt ()) then
                    skiptest "the native kernels are not built here."

                let library = KernelLibrary.Find("", KernelFolder.configured)
                Expect.isTrue library.IsAvailable library.Description

            testCase "looking twice gives one answer"
            <| fun () -> Expect.equal KernelLibrary.Default.Description KernelLibrary.Default.Description "kept"
        ]
