/// The functions of the loop language: their errors, their values at edges, and their written forms.
module Adjoint.Properties.Functions.FunctionTests

open System
open System.IO
open Adjoint.Core
open Adjoint.Kernels
open Adjoint.Loops
open Expecto

let private inf = infinity
let private small = Double.Epsilon

/// Values at edges, as IEEE 754 and C's annex F have them.
let private edges: (string * float * float * float) list =
    [
        for name in
            [
                "expm1"
                "sinh"
                "tanh"
                "log1p"
                "asinh"
                "atanh"
                "sin"
                "tan"
                "asin"
                "atan"
                "erf"
                "erf_inv"
                "sqrt"
                "cbrt"
                "sign"
            ] do
            name, 0.0, 0.0, 0.0
            name, -0.0, 0.0, -0.0
        for f in LoopFunctions.All do
            if f.Type = DType.F64 && f.Name <> "pow" then
                f.Name, nan, 1.5, nan
        for name in
            [
                "expm1"
                "sinh"
                "log1p"
                "asinh"
                "sin"
                "tan"
                "asin"
                "atan"
                "atanh"
                "tanh"
            ] do
            name, small, 0.0, small
            name, -small, 0.0, -small
        for name in
            [
                "exp"
                "expm1"
                "sinh"
                "cosh"
                "log"
                "log1p"
                "asinh"
                "acosh"
                "sqrt"
                "cbrt"
                "lgamma"
                "digamma"
            ] do
            name, inf, 0.0, inf
        for name in [ "sinh"; "asinh"; "cbrt" ] do
            name, -inf, 0.0, -inf
        for name in [ "sin"; "cos"; "tan" ] do
            name, inf, 0.0, nan
            name, -inf, 0.0, nan
        for name in [ "log"; "log1p"; "acosh"; "sqrt"; "rsqrt" ] do
            name, -1.5, 0.0, nan
            name, -inf, 0.0, nan
        for name in [ "asin"; "acos"; "atanh"; "erf_inv" ] do
            name, 1.5, 0.0, nan
            name, -1.5, 0.0, nan
            name, inf, 0.0, nan
        "exp", -inf, 0.0, 0.0
        "exp", 0.0, 0.0, 1.0
        "exp", 1000.0, 0.0, inf
        "exp", -1000.0, 0.0, 0.0
        "expm1", -inf, 0.0, -1.0
        "cosh", -inf, 0.0, inf
        "cosh", 0.0, 0.0, 1.0
        "tanh", inf, 0.0, 1.0
        "tanh", -inf, 0.0, -1.0
        "logistic", 0.0, 0.0, 0.5
        "logistic", inf, 0.0, 1.0
        "logistic", -inf, 0.0, 0.0
        "log", 1.0, 0.0, 0.0
        "log", 0.0, 0.0, -inf
        "log", -0.0, 0.0, -inf
        "log1p", -1.0, 0.0, -inf
        "acosh", 1.0, 0.0, 0.0
        "acosh", 0.5, 0.0, nan
        "atanh", 1.0, 0.0, inf
        "atanh", -1.0, 0.0, -inf
        "cos", 0.0, 0.0, 1.0
        "acos", 1.0, 0.0, 0.0
        "erf", inf, 0.0, 1.0
        "erf", -inf, 0.0, -1.0
        "erfc", inf, 0.0, 0.0
        "erfc", -inf, 0.0, 2.0
        "erfc", 0.0, 0.0, 1.0
        "erf_inv", 1.0, 0.0, inf
        "erf_inv", -1.0, 0.0, -inf
        "rsqrt", 0.0, 0.0, inf
        "rsqrt", -0.0, 0.0, -inf
        "rsqrt", inf, 0.0, 0.0
        "sqrt", 4.0, 0.0, 2.0
        "cbrt", 27.0, 0.0, 3.0
        "cbrt", -8.0, 0.0, -2.0
        "sign", inf, 0.0, 1.0
        "sign", -3.0, 0.0, -1.0
        "lgamma", 1.0, 0.0, 0.0
        "lgamma", 2.0, 0.0, 0.0
        "lgamma", 0.0, 0.0, inf
        "lgamma", -3.0, 0.0, inf
        "lgamma", -inf, 0.0, inf
        "digamma", 0.0, 0.0, nan
        "digamma", -3.0, 0.0, nan
        for x in [ nan; inf; -inf; 0.0; -0.0; 2.5; -2.5; small ] do
            "pow", x, 0.0, 1.0
            "pow", x, -0.0, 1.0
        for y in [ nan; inf; -inf; 0.5; -3.0 ] do
            "pow", 1.0, y, 1.0
        "pow", nan, 1.0, nan
        "pow", 2.0, nan, nan
        "pow", -1.0, inf, 1.0
        "pow", -1.0, -inf, 1.0
        "pow", 0.5, inf, 0.0
        "pow", 0.5, -inf, inf
        "pow", -1.5, inf, inf
        "pow", -1.5, -inf, 0.0
        "pow", 0.0, -3.0, inf
        "pow", -0.0, -3.0, -inf
        "pow", -0.0, -2.0, inf
        "pow", -0.0, 3.0, -0.0
        "pow", -0.0, 2.5, 0.0
        "pow", -inf, 3.0, -inf
        "pow", -inf, 2.0, inf
        "pow", -inf, -3.0, -0.0
        "pow", -inf, 2.5, inf
        "pow", inf, -2.0, 0.0
        "pow", -2.0, 3.0, -8.0
        "pow", -2.0, 0.5, nan
        "pow", -2.0, 1e300, inf
        "pow", 3.0, 2.0, 9.0
        "pow", 10.0, 5000.0, inf
        "pow", 10.0, -5000.0, 0.0
        "atan2", 0.0, 0.0, 0.0
        "atan2", -0.0, 0.0, -0.0
        "atan2", 0.0, -0.0, Math.PI
        "atan2", -0.0, -0.0, -Math.PI
        "atan2", 0.0, -1.0, Math.PI
        "atan2", -0.0, -inf, -Math.PI
        "atan2", 1.0, 0.0, Math.PI / 2.0
        "atan2", -1.0, -0.0, -Math.PI / 2.0
        "atan2", inf, inf, Math.PI / 4.0
        "atan2", inf, -inf, 3.0 * Math.PI / 4.0
        "atan2", -inf, 5.0, -Math.PI / 2.0
        "atan2", 5.0, inf, 0.0
        "atan2", 1.0, nan, nan
        "rem", 7.5, 2.0, 1.5
        "rem", -7.5, 2.0, -1.5
        "rem", -6.0, 2.0, -0.0
        "rem", 1.0, 0.0, nan
        "rem", inf, 2.0, nan
        "rem", 2.0, inf, 2.0
        "rem", 1e300, 3.0, 1e300 % 3.0
        "rem", 1.0, nan, nan
    ]

/// Equal, zeros with their signs, NaN to NaN.
let private same (x: float) (y: float) =
    (Double.IsNaN x && Double.IsNaN y)
    || BitConverter.DoubleToInt64Bits x = BitConverter.DoubleToInt64Bits y

let private atEdges name =
    testCase name (fun () ->
        for _, x, y, expected in edges |> List.filter (fun (f, _, _, _) -> f = name) do
            let double = FunctionForms.Double name
            Expect.isTrue (same (double.Apply(x, y)) expected) $"{name}({x}, {y}) is {expected}, not {double.Apply(x, y)}"

            let down (z: float) =
                if abs z = small then
                    float32 (Math.CopySign(float Single.Epsilon, z))
                else
                    float32 z

            if abs x < 1e38 || Double.IsInfinity x || Double.IsNaN x then
                let single = FunctionForms.Single name
                let got = single.Apply(down x, down y)
                Expect.isTrue (same (float got) (float (down expected))) $"{name}({x}, {y}) in f32 is {expected}, not {got}")

/// Edges and a few numbers between them, so that rare paths meet common ones in one vector.
let private mixture =
    [|
        for i in 0..60 do
            yield!
                [
                    float i * 0.37 - 9.0
                    (if i % 7 = 0 then inf
                     elif i % 11 = 0 then nan
                     elif i % 13 = 0 then 1e30
                     else float i / 61.0)
                ]
    |]

let private vectorsAgree name =
    testCase name (fun () ->
        let form = FunctionForms.Double name

        for count in [ 1; 3; 8; 13; mixture.Length ] do
            let x = Array.truncate count mixture
            let y = Array.rev x
            let z: float array = Array.zeroCreate count
            form.Run(ReadOnlySpan x, ReadOnlySpan y, Span<float> z)

            for i in 0 .. count - 1 do
                Expect.isTrue (same z[i] (form.Apply(x[i], y[i]))) $"{name} of {x[i]}, {y[i]} at {i} of {count}: {z[i]}"

        let single = FunctionForms.Single name
        let x = Array.map float32 mixture
        let y = Array.rev x
        let z: float32 array = Array.zeroCreate x.Length
        single.Run(ReadOnlySpan x, ReadOnlySpan y, Span<float32> z)

        for i in 0 .. x.Length - 1 do
            Expect.isTrue (same (float z[i]) (float (single.Apply(x[i], y[i])))) $"{name} in f32 of {x[i]}, {y[i]}: {z[i]}")

let private within (f: Ulps.Judged) =
    testCase f.Name (fun () ->
        let single = Ulps.single f 60 7
        Expect.isLessThanOrEqual single.Worst 4.0 $"f32, worst at {single.At}"
        let double = Ulps.double f 400 8
        Expect.isLessThanOrEqual double.Worst 4.0 $"f64, worst at {double.At}")

let private names = LoopFunctions.All |> Seq.map _.Name |> Seq.distinct |> List.ofSeq

[<Tests>]
let tests =
    testList
        "functions of numbers"
        [
            testList "at most 4 ulp" (List.map within Ulps.judged)
            testList "values at edges" (List.map atEdges names)
            testList "vectors agree with single numbers" (List.map vectorsAgree names)
            testCase "every function is judged" (fun () ->
                let judged = Ulps.judged |> List.map _.Name |> Set.ofList

                Expect.equal (Set.difference (Set.ofList names) judged) (set [ "sign" ]) "functions that are not judged")
            testCase "the written kernels are what the functions say" (fun () ->
                match KernelText.root.Value with
                | None -> skiptest "the program runs outside the repository."
                | Some root ->
                    let folder = Path.Combine(root, "src", "Runtime.CSharp", "Kernels", "Generated")
                    let files = KernelText.files ()

                    for name, text in files do
                        Expect.equal (File.ReadAllText(Path.Combine(folder, name))) text $"{name}: run dotnet fsi build.fsx kernels"

                    Expect.equal (Directory.GetFiles(folder).Length) files.Length "files of functions that are no more")
        ]
