/// What is made without operands is what its attributes say: nothing else could tell.
module Adjoint.Properties.Laws.CreationLaws

open System
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

/// The numbers in row-major order of the result, from the attributes.
let private meant (primitive: Primitive) (shape: Shape) (place: int) =
    let attribute name =
        primitive.Attributes
        |> Seq.find (fun attribute -> attribute.Name = name)
        |> _.Value

    match primitive.Name with
    | "constant" -> Some (attribute "value" :?> Scalar).AsComplex
    | "iota" ->
        let axis = attribute "axis" :?> int
        Some(Numerics.Complex(float (place / shape.Strides()[axis] % shape[axis].Value), 0.0))
    | _ -> None

let attributes =
    {
        Name = "what is made is what its attributes say"
        Mode = Edges
        Differential = false
        Check =
            fun case _ ->
                match List.ofSeq case.Graph.Nodes, Point.run case.Point with
                | [ node ], [ :? NDArray as result ] when node.Operands.IsEmpty ->
                    for place in 0 .. result.Size - 1 do
                        meant node.Primitive result.Shape place
                        |> Option.iter (fun expected ->
                            Expect.isTrue
                                (result.At(place).AsComplex.Equals expected)
                                $"number {place} is {expected}, not {result.At place}")
                | _ -> Says.nothing ()
    }

let all = [ attributes ]
