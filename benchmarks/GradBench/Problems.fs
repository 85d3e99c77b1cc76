/// The evals of GradBench at sizes of their own, on numbers drawn from keys.
module Adjoint.Figures.GradBench.Problems

open Adjoint
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Examples.GradBench

/// A function and its derivative as the eval asks for it, compiled for one input.
type Problem =
    {
        Name: string
        Size: string
        Value: unit -> unit
        Derivative: unit -> unit
        /// Their programs, to be looked into.
        Programs: Lazy<Executable * Executable>
    }

/// Numbers that stand in memory, not an expression of them.
let private settled shape (x: Tensor<'T>) = Tensor.ofSeq shape (Tensor.toArray x)

let private normal shape seed : Tensor<float> =
    Random.normal shape (Random.key seed) |> settled shape

let private uniform shape seed : Tensor<float> =
    Random.uniform shape (Random.key seed) |> settled shape

let private program f x = Executable.Compile((explain f x).Graph)

let private problem name size (value: 'I -> 'V) (derivative: 'I -> 'D) (x: 'I) =
    let runValue, runDerivative = compile value, compile derivative

    {
        Name = name
        Size = size
        Value = fun () -> runValue x |> ignore
        Derivative = fun () -> runDerivative x |> ignore
        Programs = lazy (program value x, program derivative x)
    }

let gmm d k n =
    problem
        "gmm"
        $"d {d}, k {k}, n {n}"
        (fun (data, parameters) -> Gmm.objective data parameters)
        (fun (data, parameters) -> Gmm.jacobian data parameters)
        ({
            X = normal [ n; d ] 1
            Gamma = Tensor.scalar 1.0
            M = 0
         },
         {
             Alpha = normal [ k ] 2
             Mu = uniform [ k; d ] 3
             Q = normal [ k; d ] 4
             L = normal [ k; d * (d - 1) / 2 ] 5
         })

let lstm layers count =
    problem
        "lstm"
        $"l {layers}, c {count}"
        (fun (data, parameters) -> Lstm.objective data parameters)
        (fun (data, parameters) -> Lstm.jacobian data parameters)
        ({
            State = normal [ 2 * layers; 14 ] 1
            Sequence = uniform [ count; 14 ] 2 |> Tensor.round
         },
         {
             Main = normal [ 2 * layers; 56 ] 3
             Extra = normal [ 3; 14 ] 4
         })

let ba n m p =
    let camera = [ -0.76; -1.11; -0.85; 34.6; 39.7; 53.9; 419.0; 5.9; -8.5; 0.088; 0.0027 ]

    problem
        "ba"
        $"n {n}, m {m}, p {p}"
        Ba.objective
        Ba.jacobian
        {
            Cameras = Tensor.vector camera + 0.01 * normal [ n; 11 ] 1 |> settled [ n; 11 ]
            Points = Tensor.vector [ 7.2; 0.0; 3.0 ] + 0.1 * normal [ m; 3 ] 2 |> settled [ m; 3 ]
            Weights = uniform [ p ] 3
            Features = normal [ p; 2 ] 4
            Camera = Tensor.vector [| for i in 0 .. p - 1 -> i % n |]
            Point = Tensor.vector [| for i in 0 .. p - 1 -> i % m |]
        }

/// A hand of 22 bones with so many vertices, each following two bones, and so many points.
let ht vertices points =
    let bones = 22

    let affine seed =
        Tensor.eye 4 + 0.1 * normal [ bones; 4; 4 ] seed |> settled [ bones; 4; 4 ]

    problem
        "ht"
        $"vertices {vertices}, points {points}"
        (fun (problem, theta) -> Ht.simple problem theta)
        (fun (problem, theta) -> Ht.jacobian problem theta)
        ({
            Model =
                {
                    Parents =
                        [
                            for i in 0 .. bones - 1 ->
                                if i = 0 then -1
                                elif i % 4 = 1 then 0
                                else i - 1
                        ]
                    BaseRelatives = affine 1
                    InverseBaseAbsolutes = affine 2
                    BasePositions = normal [ vertices; 4 ] 3
                    Weights =
                        Tensor.ofSeq
                            [ vertices; bones ]
                            [
                                for v in 0 .. vertices - 1 do
                                    for bone in 0 .. bones - 1 ->
                                        if bone = v % bones || bone = v * 7 % bones then
                                            0.5
                                        else
                                            0.0
                            ]
                    Mirrored = false
                }
            Points = normal [ points; 3 ] 4
            Vertices = Tensor.ofSeq [ points; 1 ] [ for i in 0 .. points - 1 -> i * 97 % vertices ]
         },
         normal [ 26 ] 5)

let lse n =
    problem "lse" $"n {n}" Lse.primal Lse.gradient (uniform [ n ] 1)

let llsq n m =
    problem "llsq" $"n {n}, m {m}" (Llsq.primal n) (Llsq.gradient n) (normal [ m ] 1)

let det n =
    problem "det" $"{n} × {n}" Det.primal Det.gradient (normal [ n; n ] 1)

let kmeans k d n =
    problem
        "kmeans"
        $"k {k}, d {d}, n {n}"
        (fun (points, centroids) -> KMeans.cost points centroids)
        (fun (points, centroids) -> KMeans.direction points centroids)
        (let points = normal [ n; d ] 1 in points, points[.. k - 1] |> settled [ k; d ])

let ode n steps =
    problem "ode" $"n {n}, s {steps}" (Ode.primal steps) (Ode.gradient steps) (uniform [ n ] 1)

/// The sizes of the page of results.
let all: (string * (unit -> Problem)) list =
    [
        "gmm", (fun () -> gmm 10 10 1000)
        "gmm", (fun () -> gmm 20 25 1000)
        "lstm", (fun () -> lstm 4 4096)
        "ba", (fun () -> ba 49 7776 31843)
        "ht", (fun () -> ht 10000 100)
        "lse", (fun () -> lse 160000)
        "llsq", (fun () -> llsq 1024 128)
        "det", (fun () -> det 8)
        "kmeans", (fun () -> kmeans 100 16 1000)
        "ode", (fun () -> ode 1000 100)
    ]
