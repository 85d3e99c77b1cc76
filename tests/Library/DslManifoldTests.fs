/// Values with a tangent space of their own.
module Adjoint.LibraryTests.DslManifoldTests

open Expecto
open FsCheck
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.DslModels

/// A point of the unit sphere; tangents are coordinates in the plane that touches it there.
type Direction =
    {
        Unit: Tensor<float>
    }

    /// Two unit vectors at right angles to the point and to each other, as rows.
    member this.Basis =
        let u = this.Unit
        let axis = Tensor.where (abs u[0] .< 0.9) (vector [ 1.0; 0.0; 0.0 ]) (vector [ 0.0; 1.0; 0.0 ])
        let first = axis - u * Tensor.dot axis u
        let first = stopGradient (first / Tensor.norm first)

        let cross (a: Tensor<float>) (b: Tensor<float>) =
            Tensor.stack
                0
                [
                    a[1] * b[2] - a[2] * b[1]
                    a[2] * b[0] - a[0] * b[2]
                    a[0] * b[1] - a[1] * b[0]
                ]

        Tensor.stack 0 [ first; cross u first ]

    interface IManifold<Direction, float> with
        member _.TangentShape = [ 2 ]

        member this.Move tangent =
            let moved = this.Unit + Tensor.dot tangent this.Basis
            { Unit = moved / Tensor.norm moved }

type Aim =
    {
        Toward: Direction
        Force: Tensor<float>
        Shots: Tensor<int>
    }

let private unit (items: float list) =
    let x = vector items
    { Unit = x / Tensor.norm x }

let private aim =
    {
        Toward = unit [ 1.0; 2.0; -0.5 ]
        Force = number 2.0
        Shots = Tensor.scalar 3
    }

let private target = vector [ 0.3; -0.5; 0.8 ]

let private loss aim =
    aim.Force * aim.Toward.Unit - target |> Tensor.square |> Tensor.sum

[<Tests>]
let tests =
    testList
        "dsl manifolds"
        [
            testProperty
                "to move along zero is to stay, and moving stays on the sphere"
                (fun (NormalFloat a) (NormalFloat b) (NormalFloat c) ->
                    let direction = unit [ tanh a; tanh b; 0.1 + abs (tanh c) ]
                    let point = { aim with Toward = direction }
                    let stayed = Manifold.move (Manifold.zero point) point
                    close (numbers point) (numbers stayed) "stays"
                    let moved = Manifold.move (0.7 * Manifold.grad loss point) point
                    Expect.floatClose Accuracy.high (value (Tensor.norm moved.Toward.Unit)) 1.0 "on the sphere")

            testCase "the gradient on the sphere is the tangent part of the gradient in space" (fun () ->
                let slope = Manifold.grad loss aim
                let space = grad (fun u -> loss { aim with Toward = { Unit = u } } |> fun l -> l) aim.Toward.Unit
                let expected = Tensor.dot aim.Toward.Basis space
                same (List.ofArray (Tensor.toArray expected)) (Tensor.ofExpr slope["Toward"]) "projection on the basis"
                let embedded = Tensor.dot (Tensor.ofExpr slope["Toward"]: Tensor<float>) aim.Toward.Basis
                Expect.floatClose Accuracy.medium (value (Tensor.dot embedded aim.Toward.Unit)) 0.0 "at right angles to the point"

                same
                    [ value (grad (fun force -> loss { aim with Force = force }) aim.Force) ]
                    (Tensor.ofExpr slope["Force"])
                    "plain leaves")

            testCase "jvp along a tangent is its product with the gradient" (fun () ->
                let slope = Manifold.grad loss aim
                let _, along = Manifold.jvp loss aim slope

                let squares =
                    [
                        for path in [ "Toward"; "Force" ] -> slope[path].ToArray<float>() |> Array.sumBy (fun x -> x * x)
                    ]

                same [ List.sum squares ] along "|gradient|²")

            testCase "descent in a compiled step reaches the target" (fun () ->
                let step = compile (fun aim -> aim |> Manifold.move (-0.1 * Manifold.grad loss aim))
                let last = Seq.fold (fun aim _ -> step aim) aim (seq { 1..200 })
                Expect.floatClose Accuracy.low (value (loss last)) 0.0 "loss"
                Expect.equal (value last.Shots) 3 "integers stay")

            testCase "tangents add and scale" (fun () ->
                let slope = Manifold.grad loss aim
                let zero = slope + 2.0 * slope - slope * 3.0
                let force (tangent: Tangent<Aim>) : Tensor<float> = Tensor.ofExpr tangent["Force"]
                Expect.floatClose Accuracy.medium (value (force zero)) 0.0 "sum"
                same [ -(value (force slope)) ] (force -slope) "negation"

                messageOf<StructureException>(fun () -> slope["Farce"] |> ignore)
                |> tells [ "Farce"; "Toward"; "Force" ])

            testCase "plain operators say what to use" (fun () ->
                for action in
                    [
                        fun () -> grad loss aim |> ignore
                        fun () -> jvp loss aim aim |> ignore
                        fun () -> valueAndPullback loss aim |> ignore
                    ] do
                    messageOf<StructureException> action
                    |> tells [ "Toward"; "Direction"; "Manifold.grad" ])

            testCase "as data it is an ordinary structure" (fun () ->
                let many = vmap (fun force -> { aim with Force = force }) (vector [ 1.0; 2.0 ])
                Expect.equal many.Toward.Unit.Shape [ 2; 3 ] "vmap"
                Expect.equal (Structure.paths aim) [ "Toward.Unit"; "Force"; "Shots" ] "paths")
        ]
