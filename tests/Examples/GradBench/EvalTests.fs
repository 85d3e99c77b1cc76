/// Every function of every eval.
module Adjoint.ExampleTests.GradBench.EvalTests

open System
open System.Text.Json
open Expecto
open Adjoint
open Adjoint.Examples.GradBench
open Adjoint.ExampleTests.Checks

let private known =
    testList
        "outputs"
        [
            for name in Protocol.modules.Keys ->
                testCase name (fun () ->
                    let cases = Cases.all.Value |> List.filter (fun case -> case.Module = name)
                    let functions = set (Protocol.modules[name]).Keys

                    Expect.equal
                        (set
                            [
                                for case in cases do
                                    yield! List.map fst case.Outputs
                            ])
                        functions
                        "functions with a case"

                    for case in cases do
                        for f, expected in case.Outputs do
                            let answer = Cases.evaluate name f case.Input
                            Expect.isTrue (answer["success"].GetValue<bool>()) $"{name} {f} {case.Description}: {answer}"
                            Cases.agree (Cases.tolerance name) $"{name} {f} {case.Description}" expected answer["output"])
        ]

/// The log posterior of a mixture, from densities: weights times normal densities, and the Wishart density of each inverse covariance
/// with d + m + 1 degrees of freedom and scale 1/γ² (its normalization: Muirhead 1982, definition 3.2.1).
let private logPosterior (x: float[][]) (alpha: float[]) (mu: float[][]) (lower: float[][][]) gamma m =
    let d = mu[0].Length

    let logDensity (point: float[]) k =
        let scaled =
            [
                for row in lower[k] -> Seq.sum (Seq.map3 (fun l x m -> l * (x - m)) row point mu[k])
            ]

        let logDiagonal = Seq.sum [ for i in 0 .. d - 1 -> log lower[k].[i].[i] ]

        logDiagonal
        - 0.5 * Seq.sumBy (fun z -> z * z) scaled
        - 0.5 * float d * log (2.0 * Math.PI)

    let total = Seq.sumBy exp alpha

    let density point =
        Seq.sum
            [
                for k in 0 .. alpha.Length - 1 -> exp alpha[k] / total * exp (logDensity point k)
            ]

    // Γ of halves: Γ(½) = √π, Γ(1) = 1.
    let rec logGamma (a: float) =
        if a > 1.0 then log (a - 1.0) + logGamma (a - 1.0)
        elif a = 1.0 then 0.0
        else 0.5 * log Math.PI

    let freedom = float (d + m + 1)

    let logPrior k =
        let logDeterminant = 2.0 * Seq.sum [ for i in 0 .. d - 1 -> log lower[k].[i].[i] ]
        let trace = lower[k] |> Seq.sumBy (Seq.sumBy (fun l -> l * l))

        let logGammas =
            0.25 * float (d * (d - 1)) * log Math.PI
            + Seq.sum [ for j in 0 .. d - 1 -> logGamma (0.5 * (freedom - float j)) ]

        0.5 * float m * logDeterminant
        - 0.5 * gamma * gamma * trace
        - 0.5 * freedom * float d * log 2.0
        + freedom * float d * log gamma
        - logGammas

    (x |> Seq.sumBy (fun point -> log (density point)))
    + Seq.sum [ for k in 0 .. alpha.Length - 1 -> logPrior k ]

let private mixture =
    testCase "gmm: the log posterior is that of the densities, in three dimensions and with more degrees of freedom" (fun () ->
        let d, k, n, m, gamma = 3, 2, 5, 2, 1.3
        let normal shape seed : Tensor<float> = Random.normal shape (Random.key seed)

        let data =
            {
                Gmm.X = normal [ n; d ] 1
                Gmm.Gamma = Tensor.scalar gamma
                Gmm.M = m
            }

        let parameters =
            {
                Gmm.Alpha = normal [ k ] 2
                Gmm.Mu = normal [ k; d ] 3
                Gmm.Q = 0.3 * normal [ k; d ] 4
                Gmm.L = normal [ k; 3 ] 5
            }

        let rows (x: Tensor<float>) =
            [| for row in Tensor.unstack 0 x -> Tensor.toArray row |]

        let q, l = rows parameters.Q, rows parameters.L

        // Column by column below the diagonal.
        let lower =
            [|
                for q, l in Array.zip q l ->
                    [|
                        [| exp q[0]; 0.0; 0.0 |]
                        [| l[0]; exp q[1]; 0.0 |]
                        [| l[1]; l[2]; exp q[2] |]
                    |]
            |]

        let expected =
            logPosterior (rows data.X) (Tensor.toArray parameters.Alpha) (rows parameters.Mu) lower gamma m
        // Rounding of some hundreds of operations on numbers up to a hundred.
        near 1e-11 expected (value (Gmm.objective data parameters)) "log posterior"
        let audit = Audit.gradient (Gmm.objective data) parameters
        Expect.isTrue audit.Passed $"{audit}")

/// The hand of the case, with triangles between the vertices that are there.
let private hand =
    lazy
        let case = Cases.all.Value |> List.find (fun case -> case.Module = "ht")
        let data = case.Input["data"]
        let count = data["correspondences"].AsArray().Count

        let corners =
            Tensor.ofSeq
                [ count; 3 ]
                [
                    for i in 0 .. count - 1 do
                        for j in 0..2 -> (i + 7 * j) % count
                ]

        use document = JsonDocument.Parse(data["model"].ToJsonString())

        {
            Ht.Model = Ht.readModel document.RootElement
            Ht.Points = Random.normal [ count; 3 ] (Random.key 1)
            Ht.Vertices = corners
        },
        Tensor.vector [ for angle in case.Input["theta"].AsArray() -> angle.GetValue<float>() ]

let private inTriangles =
    testList
        "ht in triangles"
        [
            testCase "a corner is a vertex" (fun () ->
                let problem, theta = hand.Value
                let n = problem.Points.Shape[0]

                for corner, (u, v) in List.indexed [ 1.0, 0.0; 0.0, 1.0; 0.0, 0.0 ] do
                    let at = Tensor.tile [ n; 1 ] (Tensor.vector [ u; v ])
                    let found = Ht.inTriangles problem (theta, at)

                    let expected =
                        Ht.simple
                            { problem with
                                Vertices = problem.Vertices[*, corner..corner]
                            }
                            theta
                    // The weights are 0 and 1; sums of zeros change nothing but their order.
                    allNear 1e-13 (Tensor.toArray expected) (Tensor.toArray found) $"errors at corner {corner}")

            testCase "the sparse jacobian is what the whole one holds" (fun () ->
                let problem, theta = hand.Value
                let n = problem.Points.Shape[0]
                let u = Random.uniform [ n; 2 ] (Random.key 2)
                let byAngles, byCoordinates = jacfwd (Ht.inTriangles problem) (theta, u)
                let blocks = Tensor.stack 0 [ for i in 0 .. n - 1 -> byCoordinates[i, *, i, *] ]
                let expected = Tensor.concat 2 [ blocks; byAngles ] |> Tensor.flatten |> Tensor.toArray
                let found = Ht.jacobianInTriangles problem (theta, u)
                Expect.equal found.Shape [ 3 * n; 28 ] "shape"
                // Rounding of the same sums in another order; elements are below a hundred.
                allNear 1e-12 expected (Tensor.toArray found) "jacobian"
                let elsewhere = Tensor.sum (Tensor.abs byCoordinates) - Tensor.sum (Tensor.abs blocks)
                near 1e-11 0.0 (value elsewhere) "all other derivatives in coordinates are zero")
        ]

let private edges =
    testList
        "edges"
        [
            testCase "a camera that does not turn" (fun () ->
                // The limit of Rodrigues' formula: the derivative by the rotation is that of the vector product.
                let problem rotation : Ba.Problem =
                    {
                        Cameras = Tensor.ofSeq [ 1; 11 ] (rotation @ [ 0.1; 0.2; 0.3; 400.0; 1.0; 2.0; 0.01; 0.001 ])
                        Points = Tensor.ofSeq [ 1; 3 ] [ 1.0; 2.0; 7.0 ]
                        Weights = Tensor.ones [ 1 ]
                        Features = Tensor.zeros [ 1; 2 ]
                        Camera = Tensor.zeros [ 1 ]
                        Point = Tensor.zeros [ 1 ]
                    }

                let still = Ba.jacobian (problem [ 0.0; 0.0; 0.0 ])
                let nearly = Ba.jacobian (problem [ 1e-9; 1e-9; 1e-9 ])
                // Second derivatives are below ten thousand.
                allNear 1e-4 (Tensor.toArray nearly.Values) (Tensor.toArray still.Values) "jacobian")

            testCase "all derivatives of all observations come from one kernel" (fun () ->
                let m, p = 50, 4000

                let problem: Ba.Problem =
                    {
                        Cameras = Tensor.ones [ 7; 11 ]
                        Points = Tensor.ones [ m; 3 ]
                        Weights = Tensor.ones [ p ]
                        Features = Tensor.zeros [ p; 2 ]
                        Camera = Tensor.vector [| for i in 0 .. p - 1 -> i % 7 |]
                        Point = Tensor.vector [| for i in 0 .. p - 1 -> i % m |]
                    }

                let steps =
                    (explainRun Ba.jacobian problem).Split '\n'
                    |> Array.filter _.Contains(" kernel, ")

                let derivatives = steps |> Array.filter _.Contains($" f64[{p}, 30] = fused(")
                Expect.equal derivatives.Length 1 "kernels of derivatives"
                Expect.isLessThanOrEqual steps.Length 6 "with places, columns and weights")

            testCase "a hand that does not turn" (fun () ->
                let still = jacfwd Hand.turn (Tensor.zeros [ 3 ])

                Expect.equal
                    (Tensor.toArray (Hand.turn (Tensor.zeros [ 3 ])))
                    [| 1.0; 0.0; 0.0; 0.0; 1.0; 0.0; 0.0; 0.0; 1.0 |]
                    "the identity"

                Expect.equal (Tensor.toArray still) (Array.zeroCreate 27) "without a derivative")

            testCase "a determinant of one number, and of a triangle" (fun () ->
                near 0.0 3.0 (value (Det.primal (Tensor.matrix [ [ 3.0 ] ]))) "of one"
                let triangle = Tensor.tril 0 (Tensor.arange 25 |> Tensor.reshape [ 5; 5 ])
                near 0.0 0.0 (value (Det.primal triangle)) "with a zero on the diagonal"
                near 0.0 (7.0 * 13.0 * 19.0 * 25.0) (value (Det.primal (triangle + Tensor.eye 5))) "the product of the diagonal")

            testCase "a mixture of one dimension has nothing below the diagonal" (fun () ->
                let one shape : Tensor<float> = Tensor.ones shape

                let data =
                    {
                        Gmm.X = one [ 3; 1 ]
                        Gmm.Gamma = Tensor.scalar 1.0
                        Gmm.M = 0
                    }

                let parameters =
                    {
                        Gmm.Alpha = one [ 2 ]
                        Gmm.Mu = one [ 2; 1 ]
                        Gmm.Q = one [ 2; 1 ]
                        Gmm.L = one [ 2; 0 ]
                    }

                let slope = Gmm.jacobian data parameters
                Expect.equal slope.L.Shape [ 2; 0 ] "an empty gradient"
                Expect.isTrue (Double.IsFinite(value (Gmm.objective data parameters))) "a number")
        ]

[<Tests>]
let tests = testList "GradBench evals" [ known; mixture; inTriangles; edges ]
