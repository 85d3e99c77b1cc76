namespace Adjoint.Properties.Judge

open System.Numerics

/// The judge has no meaning for this: its laws are silent.
exception Unjudged of string

/// The operands are outside an operation's domain.
exception Refused of string

/// A primitive that stands for another one, whose meaning is the one that counts.
type IDisguise =
    abstract Inner: Adjoint.Ir.Primitive

/// A number with its derivatives along two directions and the mixed second one (Fike and Alonso 2011).
[<Struct>]
type HyperDual<'T> = { V: 'T; A: 'T; B: 'T; AB: 'T }

/// Arithmetic that each of its parts follows by the rules of sums and products.
[<RequireQualifiedAccess>]
module HyperDual =

    let real (x: float) = { V = x; A = 0.0; B = 0.0; AB = 0.0 }

    let complex (z: Complex) =
        {
            V = z
            A = Complex.Zero
            B = Complex.Zero
            AB = Complex.Zero
        }

    /// A function that is linear over the reals, of each part.
    let map f x =
        {
            V = f x.V
            A = f x.A
            B = f x.B
            AB = f x.AB
        }

    let map2 f x y =
        {
            V = f x.V y.V
            A = f x.A y.A
            B = f x.B y.B
            AB = f x.AB y.AB
        }

    let inline add x y = map2 (fun a b -> a + b) x y
    let inline sub x y = map2 (fun a b -> a - b) x y
    let inline neg x = map (fun a -> -a) x

    let inline mul x y =
        {
            V = x.V * y.V
            A = x.A * y.V + x.V * y.A
            B = x.B * y.V + x.V * y.B
            AB = x.AB * y.V + x.A * y.B + x.B * y.A + x.V * y.AB
        }

    /// From q y = x, part by part.
    let inline div x y =
        let v = x.V / y.V
        let a = (x.A - v * y.A) / y.V
        let b = (x.B - v * y.B) / y.V

        {
            V = v
            A = a
            B = b
            AB = (x.AB - v * y.AB - a * y.B - b * y.A) / y.V
        }

    /// A function with its first two derivatives at the number.
    let inline apply v d dd x =
        {
            V = v
            A = d * x.A
            B = d * x.B
            AB = d * x.AB + dd * x.A * x.B
        }

    /// A function of two numbers with its partial derivatives there.
    let apply2 v (dx, dy) (dxx, dxy, dyy) (x: HyperDual<float>) (y: HyperDual<float>) =
        {
            V = v
            A = dx * x.A + dy * y.A
            B = dx * x.B + dy * y.B
            AB =
                dx * x.AB
                + dy * y.AB
                + dxx * x.A * x.B
                + dxy * (x.A * y.B + x.B * y.A)
                + dyy * y.A * y.B
        }
