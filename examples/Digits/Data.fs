namespace Adjoint.Examples.Digits

open System
open System.IO
open System.IO.Compression
open System.Reflection
open Adjoint

/// Pictures of one size and the digit that each shows. Pixels run from 0 (paper) to 1 (ink), row by row, picture after picture.
type Images =
    {
        Height: int
        Width: int
        Pixels: float32[]
        Labels: int[]
    }

    member this.Count = this.Labels.Length

/// What is learned from, and what is held out to be asked about afterwards.
type DataSet =
    {
        Name: string
        Training: Images
        HeldOut: Images
    }

[<RequireQualifiedAccess>]
module Images =

    /// The pixels of one picture.
    let pixels i (images: Images) =
        let size = images.Height * images.Width
        ReadOnlyMemory(images.Pixels, i * size, size)

    /// Some of the pictures, in this order.
    let pick (indices: int[]) (images: Images) =
        { images with
            Pixels = indices |> Array.collect (fun i -> (pixels i images).ToArray())
            Labels = indices |> Array.map (fun i -> images.Labels[i])
        }

    /// As tensors: pictures [n, 1, height, width], as a convolution wants them, and labels [n].
    let tensors (images: Images) : Tensor<float32> * Tensor<int> =
        Tensor.ofSeq [ images.Count; 1; images.Height; images.Width ] images.Pixels, Tensor.vector images.Labels

[<RequireQualifiedAccess>]
module Data =

    /// 0 ... n - 1 in an order that depends on the key alone.
    let shuffled (key: Tensor<uint32>) n =
        Random.permutation n key |> Tensor.toArray |> Array.map int

    /// The scans that come with the example (data/README.md): 8 × 8 pixels from 0 to 16, then the digit.
    let private scans () =
        use packed = Assembly.GetExecutingAssembly().GetManifestResourceStream "digits.csv.gz"
        use text = new StreamReader(new GZipStream(packed, CompressionMode.Decompress))

        let lines =
            text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            |> Array.map (fun line -> line.Split ',' |> Array.map int)

        {
            Height = 8
            Width = 8
            Pixels =
                lines
                |> Array.collect (fun line -> line[..63] |> Array.map (fun ink -> float32 ink / 16.0f))
            Labels = lines |> Array.map (fun line -> line[64])
        }

    /// The scans, shuffled and split in about 80 to 20. The split is always the same, so that figures can be compared.
    let digits () =
        let all = scans ()
        let training, heldOut = shuffled (Random.key 0) all.Count |> Array.splitAt (all.Count * 4 / 5)

        {
            Name = "UCI optical digits"
            Training = Images.pick training all
            HeldOut = Images.pick heldOut all
        }
