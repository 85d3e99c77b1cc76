module Adjoint.Properties.ProviderTableTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Kernels
open Adjoint.Kernels.Libraries

let private text =
    "# here\nproduct f32 64 openblas\nproduct f32 128 onednn\nvector_product f64 256 mkl\n"

let private work size = size * size * size

let private all = Func<Provider, bool>(fun _ -> true)

[<Tests>]
let tests =
    testList
        "provider table"
        [
            testCase "the last line that fits holds, and managed below all" (fun () ->
                let table = ProviderTable.Parse text

                let chosen size =
                    table.Choose(Operation.Product, DType.F32, work size, all)

                Expect.equal (chosen 63.0) Provider.Managed "below"
                Expect.equal (chosen 64.0) Provider.OpenBlas "at the first line"
                Expect.equal (chosen 127.0) Provider.OpenBlas "between"
                Expect.equal (chosen 5000.0) Provider.OneDnn "above"
                Expect.equal (table.Choose(Operation.Product, DType.F64, work 500.0, all)) Provider.Managed "another dtype"
                Expect.equal (table.Choose(Operation.VectorProduct, DType.F64, 256.0 * 256.0, all)) Provider.Mkl "another operation"
                Expect.equal table.Remark "here" "its remark")

            testCase "where a library is missing, an earlier line holds" (fun () ->
                let table = ProviderTable.Parse text

                let chosen missing =
                    table.Choose(Operation.Product, DType.F32, work 500.0, (fun provider -> not (List.contains provider missing)))

                Expect.equal (chosen []) Provider.OneDnn "all are here"
                Expect.equal (chosen [ Provider.OneDnn ]) Provider.OpenBlas "the line before"
                Expect.equal (chosen [ Provider.OneDnn; Provider.OpenBlas ]) Provider.Managed "none is here")

            testCase "a table reads as it is written" (fun () ->
                let table = ProviderTable.Parse text
                Expect.equal (string (ProviderTable.Parse(string table))) (string table) "twice")

            testCase "what is no choice is named" (fun () ->
                for line in
                    [
                        "product f32 64"
                        "product f16 64 mkl"
                        "sum f32 64 mkl"
                        "product f32 -1 mkl"
                        "product f32 64 blas"
                        "product f32 many mkl"
                    ] do
                    let error = Expect.throwsC (fun () -> ProviderTable.Parse("# x\n" + line) |> ignore) id

                    Expect.isTrue (error :? FormatException) $"{error.GetType()}"
                    Expect.stringContains error.Message line "the line")

            testCase "without the library, what a table gives to it runs managed" (fun () ->
                let providers = Providers.Of(KernelLibrary.Find("off", null), ProviderTable.Parse text)

                Expect.equal (providers.Choose(Operation.Product, DType.F32, work 500.0)) Provider.Managed "off"
                Expect.stringContains (providers.Describe()) "ADJOINT_NATIVE is off" "and says why")

            testCase "the built-in table leaves small products to the runtime" (fun () ->
                for dtype in [ DType.F32; DType.F64 ] do
                    Expect.equal (ProviderTable.BuiltIn.Choose(Operation.Product, dtype, work 31.0, all)) Provider.Managed "small")

            testCase "the description names each library, found or missing" (fun () ->
                let text = Adjoint.Execute.Runtime.Describe()
                Expect.stringStarts text "native kernels: " "kernels first"

                if Providers.Default.Kernels.IsAvailable then
                    for provider in ProviderNames.Libraries do
                        Expect.stringContains text (ProviderNames.Text provider + ": ") "a line for each library")
        ]
