//! The smallest PDFs that are whole: with pages, title and language, some of them tagged.

/// A PDF; equal numbers make equal bytes.
pub fn pdf(number: usize) -> Vec<u8> {
    let (pages, tagged) = (number + 1, number.is_multiple_of(2));
    let structure = if tagged { " /MarkInfo << /Marked true >> /StructTreeRoot 4 0 R" } else { "" };
    let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", page + 5)).collect();

    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R /Lang (de-DE){structure} >>"),
        format!("<< /Type /Pages /Count {pages} /Kids [{}] >>", kids.join(" ")),
        format!("<< /Title (Unterlage {}) >>", number + 1),
        "<< /Type /StructTreeRoot >>".to_owned(),
    ];
    objects.extend(
        (0..pages).map(|_| "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>".to_owned()),
    );

    let mut file = String::from("%PDF-1.7\n");
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let start = file.len();
    let size = objects.len() + 1;
    file.push_str(&format!("xref\n0 {size}\n0000000000 65535 f \n{}", places.concat()));
    file.push_str(&format!(
        "trailer\n<< /Size {size} /Root 1 0 R /Info 3 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    file.into_bytes()
}
